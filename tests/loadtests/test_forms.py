"""Forms are read from pages and answered; what a page says is wrong is heard."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

import pytest

from loadtests.forms import Upload, assets, errors, fill, forms, links, main_form

PAGE = """
<link rel="stylesheet" href="/charte/charte.css"><img src='x'><script src="/static/a.js?v=1&amp;b=2" defer></script>
<form method="get" action="/chercher"><input name="q"></form>
<form method="post" action="/quitter">
  <input type="hidden" name="csrfmiddlewaretoken" value="un"><button>Quitter</button></form>
<form id="etape" method="post" action="/remplir/1/?a=b&amp;c=d" enctype="multipart/form-data" novalidate>
  <input type="hidden" name="csrfmiddlewaretoken" value="j&eacute;ton">
  <div class="champ"><label for="id_nom">Prénom et nom</label>
  <input type="text" name="nom" id="id_nom" maxlength="9"></div>
  <label for="id_c">Adresse e-mail (facultatif)</label><input type="email" name="courriel" id="id_c">
  <label for="id_t">Téléphone</label><input type="tel" name="t" id="id_t">
  <label for="id_cp">Code postal</label><input name="cp" id="id_cp">
  <label for="id_e">Nombre d'enfants</label><input type="number" name="enfants" id="id_e" min="3" max="5">
  <label for="id_n">Date de naissance</label><input type="date" name="naissance" id="id_n">
  <label for="id_d">Date souhaitée</label><input type="date" name="date" id="id_d" max="2030-01-01">
  <label for="id_p">Description</label><textarea name="texte" id="id_p" maxlength="20">
</textarea>
  <select name="quartier"><option value="">Choisir</option><option value="nord" selected>Nord</option></select>
  <input type="radio" name="genre" value="trou" id="g0"><input type="radio" name="genre" value="banc" id="g1">
  <input type="checkbox" name="accord" required>
  <input type="checkbox" name="jours" value="lundi"><input type="checkbox" name="jours" value="mardi">
  <label for="id_f">Justificatif</label><input type="file" name="piece" id="id_f">
  <label for="id_g">Photo (facultatif)</label><input type="file" name="photo" id="id_g">
  <input name="ferme" disabled value="x">
  <button type="submit" name="retirer" value="7">Retirer</button><button class="bouton" type="submit">Continuer</button>
</form>
<p><a class="bouton" href="/suite/?a=1&amp;b=2">Commencer <span class="sr-only">maintenant</span></a></p>
"""


@dataclass(frozen=True)
class Somebody:
    given_name: str = "Zoé"
    family_name: str = "Marchand"
    email: str = "zoe@exemple.invalid"


def answers(page: str = PAGE, seed: int = 1) -> dict[str, list[str]]:
    form = main_form(page)
    assert form is not None
    given: dict[str, list[str]] = {}
    for name, value in fill(form, Somebody(), random.Random(seed)).values:
        given.setdefault(name, []).append(value)
    return given


def test_the_form_one_came_for_is_found() -> None:
    """Neither the search nor the sign-out: the one that asks something."""
    form = main_form(PAGE)
    assert form is not None
    assert (form.identifier, form.action, form.multipart) == ("etape", "/remplir/1/?a=b&c=d", True)
    assert len(forms(PAGE)) == 3


def test_every_question_has_an_answer_of_its_kind() -> None:
    """Hidden fields go back as they came; the rest is answered by what the page says it wants."""
    given = answers()
    assert given["csrfmiddlewaretoken"] == ["jéton"]
    assert given["nom"] == ["Zoé March"]
    assert given["courriel"] == ["zoe@exemple.invalid"]
    assert given["t"] == ["06 12 34 56 78"]
    assert given["cp"] == ["91300"]
    assert given["enfants"] == ["3"]
    assert date.fromisoformat(given["naissance"][0]) < date.today() < date.fromisoformat(given["date"][0])
    assert len(given["texte"][0]) == 20
    assert given["quartier"] == ["nord"]
    assert given["genre"][0] in {"trou", "banc"}
    assert given["accord"] == ["on"]
    assert given["jours"][0] in {"lundi", "mardi"}
    assert not {"ferme", "retirer", "piece", "photo"} & given.keys()


def test_dates_in_three_fields_and_what_the_page_answered() -> None:
    """Day, month and year; after « à venir », a day to come; a kept answer is not drawn again."""
    page = """<form method="post"><label for="a">Jour</label><input id="a" name="naissance_0" inputmode="numeric">
      <label for="b">Mois</label><input id="b" name="naissance_1"><input name="naissance_2">
      <label for="n">Dont habitants d'Admiville</label><input id="n" name="n" inputmode="numeric">
      <input type="radio" name="r" value="oui"><input type="radio" name="r" value="non" checked></form>"""
    form = main_form(page)
    assert form is not None

    def born(told: str) -> date:
        given = dict(fill(form, Somebody(), random.Random(2), None, told).values)
        assert given["n"] == "2"
        assert given["r"] == "non"
        return date(*(int(given[f"naissance_{part}"]) for part in (2, 1, 0)))

    assert born("") < date.today()
    assert born("Indiquez une date à venir : celle-ci est passée.") > date.today()


def test_a_child_is_a_child_and_whoever_asks_is_grown() -> None:
    page = """<form method="post"><input type="date" name="enfant_naissance">
      <input type="date" name="naissance"></form>"""
    form = main_form(page)
    assert form is not None
    born = {name: date.fromisoformat(day) for name, day in fill(form, Somebody(), random.Random(1)).values}
    assert date.today().year - born["enfant_naissance"].year <= 6
    assert date.today().year - born["naissance"].year >= 30


def test_another_day_is_given_where_both_were_the_same() -> None:
    page = """<form method="post"><input type="date" name="jour"><input type="date" name="autre_jour"></form>"""
    form = main_form(page)
    assert form is not None
    told = "L'autre date est la même que la première."
    given = dict(fill(form, Somebody(), random.Random(1), None, told).values)
    assert given["jour"] != given["autre_jour"]


@pytest.mark.parametrize(
    ("accept", "given"),
    [("", 1), ("image/jpeg,image/png", 0), ("image/*", 0), (".jpg, .pdf", 1), ("application/pdf", 1)],
)
def test_a_file_goes_where_its_kind_is_taken(accept: str, given: int) -> None:
    form = main_form(f'<form method="post"><input type="file" name="piece" accept="{accept}"></form>')
    assert form is not None
    paper = Upload("", "justificatif.pdf", "application/pdf", b"%PDF")
    assert len(fill(form, Somebody(), random.Random(1), paper, "Il y a un problème").uploads) == given


def test_a_choice_that_leads_nowhere_is_made_again() -> None:
    page = """<form method="post"><input type="radio" name="r" value="oui">
      <input type="radio" name="r" value="non" checked></form>"""
    form = main_form(page)
    assert form is not None
    drawn = {dict(fill(form, Somebody(), random.Random(seed), anew=True).values)["r"] for seed in range(20)}
    assert drawn == {"oui", "non"}


def test_a_bound_that_the_page_names_is_kept() -> None:
    """« Indiquez 50 euros ou plus » is answered with fifty."""
    form = main_form('<form method="post"><input name="montant" inputmode="numeric" value="3"></form>')
    assert form is not None
    assert fill(form, Somebody(), random.Random(1), None, "Indiquez 50 euros ou plus.").values == [("montant", "50")]


def test_an_element_is_added_where_one_is_missing() -> None:
    """« Ajoutez au moins un objet » presses the button that adds, and no other."""
    page = """<form method="post"><button>Continuer</button>
      <button name="ajouter" value="objets">Ajouter un objet</button>
      <button name="retirer" value="0">Retirer</button></form>"""
    form = main_form(page)
    assert form is not None
    assert fill(form, Somebody(), random.Random(1)).values == []
    told = "Ajoutez au moins un objet."
    assert fill(form, Somebody(), random.Random(1), None, told).values == [("ajouter", "objets")]


def test_what_the_page_says_to_leave_empty_is_left_empty() -> None:
    """Optional fields only: a compulsory one keeps its answer."""
    form = main_form(
        """<form method="post"><label for="a">Compte (facultatif)</label><input type="email" id="a" name="compte">
        <label for="b">Prénom et nom</label><input id="b" name="nom"></form>"""
    )
    assert form is not None
    told = "Aucun compte n’a cette adresse. Vérifiez-la, ou laissez la case vide."
    assert fill(form, Somebody(), random.Random(1), None, told).values == [("compte", ""), ("nom", "Zoé Marchand")]


def test_leaving_is_not_what_one_came_for() -> None:
    """A form that abandons everything is never the main one."""
    page = """<form method="post" action="/x/abandonner/"><button>A</button></form>
      <form method="post"><button>B</button></form>"""
    form = main_form(page)
    assert form is not None
    assert form.action == ""


def test_the_same_seed_answers_alike() -> None:
    """A run can be run again."""
    assert answers(seed=5) == answers(seed=5)
    assert {answers(seed=seed)["genre"][0] for seed in range(20)} == {"trou", "banc"}


def test_files_go_where_they_are_asked() -> None:
    """A compulsory file is joined, an optional one is not."""
    form = main_form(PAGE)
    assert form is not None
    filled = fill(form, Somebody(), random.Random(1), Upload("", "a.pdf", "application/pdf", b"%PDF"))
    assert [(upload.name, upload.filename) for upload in filled.uploads] == [("piece", "a.pdf")]


def test_a_page_without_question_still_has_its_button() -> None:
    """« Vérifiez vos réponses » only asks to send."""
    form = main_form(
        '<form method="post" action="/v/"><input type="hidden" name="x" value="1"><button>Oui</button></form>'
    )
    assert form is not None
    assert fill(form, Somebody(), random.Random(1)).values == [("x", "1")]
    assert main_form("<p>rien</p>") is None


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('<p class="champ__erreur" id="x">Indiquez votre <b>nom</b>.</p>', "Indiquez votre nom ."),
        ('<div class="alerte alerte--erreur" role="alert">Trop&nbsp;tard</div>', "Trop tard"),
        ('<p class="alerte">Rien de grave</p>', ""),
    ],
)
def test_what_a_page_says_is_wrong(page: str, said: str) -> None:
    """The first error of the page, in its own words."""
    assert errors(page) == said


def test_links_and_assets() -> None:
    """What a first visit loads, and where one can go."""
    assert assets(PAGE) == ["/charte/charte.css", "/static/a.js?v=1&b=2"]
    assert links(PAGE)[0].href == "/suite/?a=1&b=2"
    assert links(PAGE)[0].text == "Commencer maintenant"
