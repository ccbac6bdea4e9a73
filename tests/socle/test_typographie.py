"""French as it is printed: one rule for every application."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from socle.typographie import calendrier, dates, nombres
from socle.typographie.espaces import INSECABLE, apostrophes, insecables, insecables_de_page


def test_nothing_is_parted_that_goes_together() -> None:
    lu = insecables("Quoi ? « Oui » : n° 3, article L. 112")
    assert lu == "Quoi\u00a0? «\u00a0Oui\u00a0»\u00a0: n°\u00a03, article L.\u00a0112"


def test_apostrophes_are_curled_even_as_a_page_writes_them() -> None:
    assert apostrophes("d'abord, l&#x27;avis, 'x'") == "d\u2019abord, l\u2019avis, 'x'"


def test_days_are_said_as_people_say_them() -> None:
    assert calendrier.jour(date(2026, 11, 1)) == "1er\u00a0novembre 2026"
    assert calendrier.jour_du_mois(date(2026, 8, 21)) == "21\u00a0août"
    assert calendrier.mois(date(2026, 2, 3)) == "février 2026"
    assert calendrier.moment(datetime(2026, 11, 1, 18, 30)) == "dimanche 1er\u00a0novembre 2026 à 18\u00a0h\u00a030"
    assert calendrier.jour_court(datetime(2026, 11, 24, 9)) == "24/11/2026 à 9\u00a0h"


def test_instants_are_brought_to_the_clock_of_the_town() -> None:
    minuit_passe = datetime(2026, 7, 14, 22, 5, tzinfo=UTC)
    assert dates.jour(minuit_passe) == "15\u00a0juillet 2026"
    assert dates.heure(minuit_passe) == "0\u00a0h\u00a005"
    assert dates.jour(date(2026, 7, 14)) == "14\u00a0juillet 2026"


@pytest.mark.parametrize(
    ("valeur", "decimales", "dit"),
    [
        (0, 2, "0"),
        (1234, 2, "1\u202f234"),
        (10, 0, "10"),
        (12.5, 2, "12,5"),
        (Decimal("-1234567.80"), 2, "-1\u202f234\u202f567,8"),
    ],
)
def test_numbers_have_a_comma_and_no_useless_zero(valeur: int | float | Decimal, decimales: int, dit: str) -> None:
    assert nombres.nombre(valeur, decimales) == dit


def test_a_number_is_never_parted_from_its_unit() -> None:
    assert nombres.pourcent(0.0909) == "9,1\u00a0%"
    assert nombres.pourcent(1 / 3, 4) == "33,3333\u00a0%"
    assert [nombres.compte(n, "avis lu", "avis lus") for n in (0, 1, 2)] == [
        "0\u00a0avis lu",
        "1\u00a0avis lu",
        "2\u00a0avis lus",
    ]
    assert [nombres.taille(n) for n in (3, 340_000, 2_400_000)] == ["1\u00a0Ko", "340\u00a0Ko", "2,4\u00a0Mo"]


def test_filters_say_the_same_and_nothing_of_nothing() -> None:
    gabarit = Template(
        "{% load typographie %}{{ d|jour }}/{{ rien|jour }}/{{ rien|moment }}/{{ n|pluriel:'avis,avis' }}/{{ t|tel }}"
    )
    dit = gabarit.render(Context({"d": date(2026, 3, 2), "rien": None, "n": 3, "t": "01 99.00 00 00"}))
    assert dit == "2\u00a0mars 2026///3\u00a0avis/0199000000"


@pytest.mark.parametrize(
    ("page", "attendu"),
    [
        ("<p>Nom : Zoé</p>", "<p>Nom~: Zoé</p>"),
        ("<p>« <strong>Oui</strong> » ?</p>", "<p>«~<strong>Oui</strong>~»~?</p>"),
        (
            '<p><a href="/?q=a : b" title="Quoi ?">Quoi ?</a></p>',
            '<p><a href="/?q=a : b" title="Quoi ?">Quoi~?</a></p>',
        ),
        ("<textarea>\nPourquoi ?</textarea> ?", "<textarea>\nPourquoi ?</textarea>~?"),
        ("<title>Erreur : nom</title>", "<title>Erreur : nom</title>"),
        ("<script>a ? b : c</script>", "<script>a ? b : c</script>"),
        ("de 8 h 30 à 17 h, 80 €", "de 8~h~30 à 17~h, 80~€"),
    ],
)
def test_a_page_s_words_are_not_parted_and_nothing_else_changes(page: str, attendu: str) -> None:
    assert insecables_de_page(page) == attendu.replace("~", INSECABLE)


@given(
    morceaux=st.lists(st.sampled_from(["<b>", "</b>", '<i title=" ?">', "a", " ", "?", "«", "»", "8 h 30", "<", ">"]))
)
def test_of_a_page_only_spaces_change(morceaux: list[str]) -> None:
    page = "".join(morceaux)
    rendue = insecables_de_page(page)
    assert rendue.replace(INSECABLE, " ") == page
    assert insecables_de_page(rendue) == rendue


def test_telephone_numbers_of_a_town_s_words_are_called_at_a_touch() -> None:
    gabarit = Template("{% load typographie %}{{ t|telephones }}")
    dit = gabarit.render(Context({"t": "Appelez le 01 99 00 00 70 <b>, pas le 99000."}))
    assert dit == 'Appelez le <a href="tel:0199000070">01 99 00 00 70</a> &lt;b&gt;, pas le 99000.'


def test_a_tag_wraps_the_words_of_a_page() -> None:
    gabarit = Template("{% load typographie %}{% typographie %}<p>{{ dit }} : {{ nom }}</p>{% endtypographie %}")
    page = gabarit.render(Context({"dit": "Qui ?", "nom": "<Zoé>"}))
    assert page == "<p>Qui\u00a0?\u00a0: &lt;Zoé&gt;</p>"
