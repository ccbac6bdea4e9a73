"""Reading together: the code book, two readers apart, copies, neighbours; everything decided by people, and undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.journal.models import Trace
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.lecture.models import Distinction, Geste, Lecture, LectureADeux, Rapprochement, Retenu, Theme
from consultation.ecoute.lecture.services import LectureRefusee
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db

TEXTES = (
    "On m'a demandé trois fois le justificatif de domicile.",
    "Le guichet ferme trop tôt pour ceux qui travaillent.",
    "Je n'ai rien compris à la lettre sur la dérogation.",
    "Le même justificatif de domicile, encore et encore.",
    "Deux heures debout dans la file avec la poussette.",
    "Le site s'efface sur mon téléphone avant l'envoi.",
)


@pytest.fixture
def sacha(commune: object) -> Membre:
    return fabrique.membre("Sacha Lin", Role.EQUIPE)


@pytest.fixture
def lu(ouvert: Dossier, responsable: Membre) -> Dossier:
    """Six opinions without names, two themes."""
    for texte in TEXTES:
        recu = avis.saisir(responsable, ouvert, Saisie(texte, Canal.PAPIER, {}))
        lecture.relire(responsable, recu, set())
    for nom in ("Pièces", "Attente"):
        theme(responsable, ouvert, nom)
    return ouvert


def theme(qui: Membre, dossier: Dossier, nom: str) -> Theme:
    return lecture.ecrire_theme(qui, Theme(dossier=dossier, nom=nom, definition="Quand…"))


def avis_n(dossier: Dossier, numero: int) -> Contribution:
    return dossier.contributions.get(numero=numero)


def dernier(dossier: Dossier) -> Geste:
    geste = Geste.objects.filter(dossier=dossier).first()
    assert geste is not None
    return geste


def themes_de(dossier: Dossier, numero: int) -> set[str]:
    return lecture.themes_de(dossier).get(avis_n(dossier, numero).pk, set())


def test_hiding_names_is_undone_and_done_again_as_it_was(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    recu = avis.saisir(responsable, ouvert, Saisie("Mme Petit, du 3e étage, m'a aidée.", Canal.PAPIER, {}))
    adresse = f"/equipe/dossiers/{ouvert.slug}/lecture/noms/1/"
    client = connecte(responsable)
    assert "<mark>Petit</mark>" in client.get(adresse).content.decode()
    client.post(adresse, {"passages": ["0"], "autres": "3e étage"})
    recu.refresh_from_db()
    assert recu.texte_relu == "Mme [nom 1], du [nom 2], m'a aidée."
    page = client.get(adresse).content.decode()
    assert "checked" in page  # as it was left
    assert ">\n3e étage</textarea>" in page
    relecture = dernier(ouvert)
    lecture.rouvrir(responsable, recu)
    reprise = dernier(ouvert)
    lecture.annuler(responsable, reprise)
    recu.refresh_from_db()
    assert recu.texte_relu == "Mme [nom 1], du [nom 2], m'a aidée."
    lecture.annuler(responsable, relecture)
    recu.refresh_from_db()
    assert (recu.relu_le, recu.texte_relu) == (None, "")
    assert "Petit" not in str(list(Geste.objects.values_list("avant", "apres", "phrase")))


def test_several_opinions_without_names_are_read_on_one_page_and_undone_together(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    for texte in ("Le guichet ferme trop tôt.", "Mme Petit m'a aidée.", "Trop de papiers."):
        avis.saisir(responsable, ouvert, Saisie(texte, Canal.PAPIER, {}))
    client, adresse = connecte(responsable), f"/equipe/dossiers/{ouvert.slug}/lecture/noms/ensemble/"
    page = client.get(adresse).content.decode()
    assert "ferme trop tôt" in page
    assert "Petit" not in page  # something is proposed there: one by one
    assert "checked" not in page
    assert client.post(adresse, {}).status_code == 422
    assert client.post(adresse, {"avis": [str(avis_n(ouvert, 2).pk)]}).status_code == 422
    client.post(adresse, {"avis": [str(avis_n(ouvert, 1).pk), str(avis_n(ouvert, 3).pk)]})
    assert list(lecture.a_relire(ouvert).values_list("numero", flat=True)) == [2]
    assert "plus d'avis sans proposition" in client.get(adresse).content.decode()
    lecture.annuler(responsable, dernier(ouvert))
    assert lecture.a_relire(ouvert).count() == 3


def test_names_cannot_come_back_under_a_quote(
    lu: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    from consultation.ecoute.suites import services as suites
    from consultation.ecoute.suites.models import Constat

    suites.citer(responsable, Constat.objects.create(dossier=lu, texte="x"), 1, "trois fois")
    client, base = connecte(responsable), f"/equipe/dossiers/{lu.slug}/lecture/"
    relecture = Geste.objects.get(dossier=lu, phrase__contains="n° 1 ")
    for adresse in (f"{base}noms/1/reprendre/", f"{base}gestes/{relecture.pk}/annuler/"):
        reponse = client.post(adresse)
        assert reponse.status_code == 409, adresse
        assert "retirez d" in reponse.content.decode()
    assert "retirez d" in client.post(f"{base}noms/1/", {"autres": "trois"}).content.decode()
    client.post(f"{base}noms/1/", {"autres": "domicile"})  # what is not quoted may still be hidden
    assert avis_n(lu, 1).texte_relu.endswith("justificatif de [nom 1].")


def test_the_code_book_merges_splits_renames_and_takes_out_and_each_is_undone(
    lu: Dossier, responsable: Membre, sacha: Membre
) -> None:
    pieces, attente = lu.themes.all()
    lecture.coder(responsable, avis_n(lu, 1), [pieces])
    lecture.coder(sacha, avis_n(lu, 1), [pieces, attente])
    lecture.coder(responsable, avis_n(lu, 5), [attente])

    assert lecture.fusionner(responsable, attente, pieces) == 2
    assert [t.nom for t in lu.themes.all()] == ["Pièces"]
    assert themes_de(lu, 5) == {"Pièces"}
    lecture.annuler(sacha, dernier(lu))
    assert [t.nom for t in lu.themes.all()] == ["Pièces", "Attente"]
    assert themes_de(lu, 5) == {"Attente"}
    assert themes_de(lu, 1) == {"Pièces", "Attente"}

    pieces, attente = lu.themes.all()
    lecture.scinder(responsable, pieces, Theme(nom="Domicile", definition="x"), [avis_n(lu, 1)])
    assert themes_de(lu, 1) == {"Domicile", "Attente"}
    lecture.annuler(responsable, dernier(lu))
    assert themes_de(lu, 1) == {"Pièces", "Attente"}
    assert not lu.themes.filter(nom="Domicile").exists()

    pieces.nom = "Papiers"
    lecture.ecrire_theme(responsable, pieces)
    assert dernier(lu).phrase == "a renommé le thème « Pièces » en « Papiers »"
    lecture.annuler(responsable, dernier(lu))

    lecture.retirer(responsable, attente)
    assert themes_de(lu, 5) == set()
    lecture.annuler(responsable, dernier(lu).__class__.objects.filter(dossier=lu, annule_le=None).first())
    assert themes_de(lu, 5) == {"Attente"}
    phrases = list(Trace.objects.filter(dossier=lu).values_list("phrase", flat=True))
    assert "a retiré le thème « Attente »" in phrases
    assert "a annulé : a retiré le thème « Attente »" in phrases


def test_an_act_is_undone_once_and_not_over_what_came_after(lu: Dossier, responsable: Membre) -> None:
    pieces, attente = lu.themes.all()
    lecture.coder(responsable, avis_n(lu, 1), [pieces])
    premier = dernier(lu)
    lecture.coder(responsable, avis_n(lu, 1), [attente])
    with pytest.raises(LectureRefusee, match="a changé depuis"):
        lecture.annuler(responsable, premier)
    lecture.annuler(responsable, dernier(lu))
    assert themes_de(lu, 1) == {"Pièces"}
    lecture.annuler(responsable, premier)
    assert not Lecture.objects.exists()
    with pytest.raises(LectureRefusee, match="déjà annulé"):
        lecture.annuler(responsable, premier)
    retire = lecture.ecrire_theme(responsable, Theme(dossier=lu, nom="Bus", definition="x"))
    lecture.retirer(responsable, retire)
    acte = dernier(lu)
    theme(responsable, lu, "Bus")
    with pytest.raises(LectureRefusee, match="porte ce nom"):
        lecture.annuler(responsable, acte)


def test_pages_offer_the_undo_and_come_back_where_they_were(
    lu: Dossier, responsable: Membre, dpo: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client, base = connecte(responsable), f"/equipe/dossiers/{lu.slug}/lecture/"
    client.post(f"{base}coder/1/", {"themes": [str(lu.themes.first().pk)]})  # type: ignore[union-attr]
    page = client.get(f"{base}themes/").content.decode()
    assert "vous avez donné des thèmes à l&#x27;avis n°\u00a01" in page
    assert connecte(dpo).post(f"{base}gestes/{dernier(lu).pk}/annuler/").status_code == 403
    reponse = client.post(f"{base}gestes/{dernier(lu).pk}/annuler/", {"vers": f"{base}themes/"})
    assert reponse["Location"] == f"{base}themes/"
    assert not Lecture.objects.exists()
    client.post(f"{base}coder/1/", {})
    ailleurs = client.post(f"{base}gestes/{dernier(lu).pk}/annuler/", {"vers": "//exemple.test/equipe/"})
    assert ailleurs["Location"] == f"{base}gestes/"
    assert client.post(f"{base}gestes/{dernier(lu).pk}/annuler/").status_code == 409


def test_suggestions_rank_by_shared_words_say_why_and_tick_nothing(
    lu: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    pieces, attente = lu.themes.all()
    lecture.coder(responsable, avis_n(lu, 1), [pieces])
    lecture.coder(responsable, avis_n(lu, 2), [attente])
    proches = lecture.avis_proches(avis_n(lu, 4), responsable)
    assert (proches[0].avis.numero, proches[0].themes) == (1, (pieces,))
    assert {"justificatif", "domicile"} <= set(proches[0].mots)
    page = connecte(responsable).get(f"/equipe/dossiers/{lu.slug}/lecture/coder/4/").content.decode()
    assert "mots communs\u00a0: " in page
    assert "checked" not in page
    attente.ordre = 0
    pieces.ordre = 9
    for entree in (attente, pieces):
        lecture.ecrire_theme(responsable, entree)
    assert lecture.ranger(lu, lecture.avis_proches(avis_n(lu, 4), responsable))[0].nom == "Pièces"


def test_two_people_read_apart_and_neither_sees_the_other_before_both_finished(
    lu: Dossier, responsable: Membre, sacha: Membre, connecte: Callable[[Membre], Client]
) -> None:
    pieces, attente = lu.themes.all()
    exercice = lecture.lire_a_deux(responsable, lu, responsable, sacha, 6)
    with pytest.raises(LectureRefusee, match="déjà en cours"):
        lecture.lire_a_deux(responsable, lu, responsable, sacha, 6)
    adresse = f"/equipe/dossiers/{lu.slug}/lecture/a-deux/{exercice.pk}/"
    for un in lu.contributions.all():
        lecture.coder(responsable, un, [attente], "Mémo qui dit tout")
    with pytest.raises(LectureRefusee, match="Il vous reste 6 avis"):
        lecture.finir(sacha, exercice)
    lecture.finir(responsable, exercice)

    # Whatever page Sacha opens, nothing of what was given shows.
    client, base = connecte(sacha), f"/equipe/dossiers/{lu.slug}/lecture/"
    assert [p for p in lecture.avis_proches(avis_n(lu, 4), sacha) if p.themes] == []
    for page in (base, f"{base}themes/", f"{base}avis/", f"{base}coder/4/", adresse, f"{base}gestes/"):
        texte = client.get(page).content.decode()
        assert "Mémo qui dit tout" not in texte, page
        assert "thèmes\u00a0: Attente" not in texte, page
    assert client.get(f"{base}avis/?theme={attente.pk}").content.decode().count("avis__texte") == 0
    assert dict(lecture.compter_themes(lu, lecture.a_part(lu)))[attente] == 0
    assert client.get(f"{adresse}1/").status_code == 409
    with pytest.raises(LectureRefusee, match="aient fini"):
        lecture.comparer(exercice)
    for refuse in (
        lambda: lecture.fusionner(sacha, pieces, attente),
        lambda: lecture.retirer(sacha, pieces),
        lambda: lecture.scinder(sacha, pieces, Theme(nom="x", definition=""), [avis_n(lu, 1)]),
    ):
        with pytest.raises(LectureRefusee, match="lecture à deux est en cours"):
            refuse()

    # A slip is undone while the other still reads.
    lecture.annuler(responsable, dernier(lu))
    exercice.refresh_from_db()
    assert exercice.premier_fini_le is None
    lecture.finir(responsable, exercice)

    for un in lu.contributions.all():
        lecture.coder(sacha, un, [pieces] if un.numero == 1 else [attente])
    client.post(f"{adresse}finir/")
    exercice.refresh_from_db()
    assert exercice.finie
    fini = Geste.objects.filter(dossier=lu, par=sacha).first()
    assert fini is not None
    with pytest.raises(LectureRefusee, match="ne changent plus"):
        lecture.annuler(sacha, fini)
    with pytest.raises(LectureRefusee, match="ne changent plus"):
        lecture.coder(sacha, avis_n(lu, 1), [attente])

    accords, lignes = lecture.comparer(exercice)
    assert [un.avis.numero for un in lignes if un.desaccord] == [1]
    assert {a.code: a.unites for a in accords} == {"Pièces": 6, "Attente": 6}
    page = client.get(adresse).content.decode()
    assert "Mémo qui dit tout" in page
    assert "Sur 6 avis seulement" in page

    avant = [a.alpha for a in accords]
    client.post(f"{adresse}1/", {"themes": [str(pieces.pk)], "motif": "Ce sont les papiers."})
    assert themes_de(lu, 1) == {"Pièces"}
    assert [a.alpha for a in lecture.comparer(exercice)[0]] == avant  # talking it over does not improve the measure
    lecture.annuler(responsable, dernier(lu))
    assert not Retenu.objects.exists()


def test_the_last_opinion_of_a_double_reading_leads_to_its_page(
    lu: Dossier, responsable: Membre, sacha: Membre, connecte: Callable[[Membre], Client]
) -> None:
    exercice = lecture.lire_a_deux(responsable, lu, responsable, sacha, 2)
    client, base = connecte(responsable), f"/equipe/dossiers/{lu.slug}/lecture/"
    assert "Lire 2 avis à deux, avec Sacha Lin" in client.get("/equipe/").content.decode()
    for _ in range(2):
        client.post(client.get(f"{base}coder/")["Location"], {})
    assert "Dire «\u00a0J&#x27;ai fini\u00a0»" in client.get("/equipe/").content.decode()
    assert client.get(f"{base}coder/")["Location"] == f"{base}a-deux/{exercice.pk}/"
    client.post(f"{base}a-deux/{exercice.pk}/finir/")
    assert "/coder/" in client.get(f"{base}coder/")["Location"]  # the others, while Sacha reads


def test_a_double_reading_needs_two_people_themes_and_fresh_opinions(
    lu: Dossier, responsable: Membre, sacha: Membre, connecte: Callable[[Membre], Client]
) -> None:
    with pytest.raises(LectureRefusee, match="deux personnes différentes"):
        lecture.lire_a_deux(responsable, lu, sacha, sacha, 3)
    for un in lu.contributions.all():
        lecture.coder(responsable, un, [])
    reponse = connecte(responsable).post(
        f"/equipe/dossiers/{lu.slug}/lecture/a-deux/",
        {"premier": responsable.pk, "second": sacha.pk, "nombre": "5"},
    )
    assert reponse.status_code == 422
    assert "Aucun avis n&#x27;est prêt" in reponse.content.decode()
    assert not LectureADeux.objects.exists()


def test_what_waits_is_the_double_reading_then_what_nobody_read(
    lu: Dossier, responsable: Membre, sacha: Membre
) -> None:
    dossier_alex = fabrique.membre("Alix Roux", Role.EQUIPE)
    exercice = lecture.lire_a_deux(responsable, lu, responsable, sacha, 2)
    tires = set(exercice.avis.values_list("pk", flat=True))
    assert {un.pk for un in lecture.a_coder(lu, responsable)[:2]} == tires
    assert lecture.a_coder(lu, responsable).count() == 6
    assert lecture.a_coder(lu, dossier_alex).count() == 4
    libre = lu.contributions.exclude(pk__in=tires).first()
    assert libre is not None
    lecture.coder(dossier_alex, libre, [])
    assert lecture.a_coder(lu, responsable).count() == 5


LETTRE = "Nous demandons la réouverture du guichet du mercredi, indispensable aux familles du quartier nord."


@pytest.fixture
def lettres(ouvert: Dossier, responsable: Membre) -> Dossier:
    for fin in ("", " Merci.", " Cordialement.", ""):
        recu = avis.saisir(responsable, ouvert, Saisie(LETTRE + fin, Canal.PAPIER, {}))
        lecture.relire(responsable, recu, set())
    return ouvert


def test_copies_are_accepted_refused_and_undone_by_a_person_with_the_reason(
    lettres: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    [groupe] = lecture.proches(lettres)
    assert [(c.avis.numero, c.ajoute) for c in groupe.autres] == [(2, "Merci."), (3, "Cordialement."), (4, "")]
    client, base = connecte(responsable), f"/equipe/dossiers/{lettres.slug}/lecture/proches/"
    page = client.get(base).content.decode()
    assert "Ajoute\u00a0: «\u00a0Merci.\u00a0»" in page
    assert "Mot pour mot" in page
    assert client.post(f"{base}1/", {"decision": "meme"}).status_code == 409
    client.post(f"{base}1/", {"avis": ["2", "4"], "motif": "Lettre type", "decision": "meme"})
    client.post(f"{base}1/", {"avis": ["3", "1x"], "motif": "Deux familles", "decision": "distinct"})
    assert list(Rapprochement.objects.values_list("contribution__numero", "motif")) == [
        (2, "Lettre type"),
        (4, "Lettre type"),
    ]
    assert Distinction.objects.get().motif == "Deux familles"
    assert lecture.proches(lettres) == []
    page = client.get(base).content.decode()
    assert "Lettre type" in page
    assert "Deux familles" in page
    with pytest.raises(LectureRefusee, match="lui-même une copie"):
        lecture.rapprocher(responsable, [avis_n(lettres, 3)], avis_n(lettres, 2))
    for _ in range(2):
        geste = Geste.objects.filter(dossier=lettres, annule_le=None).first()
        assert geste is not None
        client.post(f"/equipe/dossiers/{lettres.slug}/lecture/gestes/{geste.pk}/annuler/")
    assert not Rapprochement.objects.exists()
    assert not Distinction.objects.exists()


def test_copies_of_a_copy_follow_it_and_come_back(lettres: Dossier, responsable: Membre) -> None:
    lecture.rapprocher(responsable, [avis_n(lettres, 4)], avis_n(lettres, 2))
    lecture.rapprocher(responsable, [avis_n(lettres, 2)], avis_n(lettres, 1))
    assert set(Rapprochement.objects.values_list("contribution__numero", "avec__numero")) == {(2, 1), (4, 1)}
    lecture.annuler(responsable, dernier(lettres))
    assert set(Rapprochement.objects.values_list("contribution__numero", "avec__numero")) == {(4, 2)}


def test_copies_count_once_or_each_as_the_dossier_says(
    lettres: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    guichet = theme(responsable, lettres, "Guichet")
    lecture.coder(responsable, avis_n(lettres, 1), [guichet])
    lecture.rapprocher(responsable, [avis_n(lettres, n) for n in (2, 3, 4)], avis_n(lettres, 1), "Lettre type")
    assert lecture.comptes(lettres).count() == 1
    assert lecture.compter_themes(lettres) == [(guichet, 1)]
    adresse = f"/equipe/dossiers/{lettres.slug}/lecture/proches/compter/"
    client = connecte(responsable)
    assert client.post(adresse, {"copies": "chacune", "motif": " "}).status_code == 422
    client.post(adresse, {"copies": "chacune", "motif": "Quatre familles ont signé."})
    assert lecture.comptes(lettres).count() == 4
    assert lecture.compter_themes(lettres) == [(guichet, 4)]
    assert lecture.a_coder(lettres, responsable).count() == 0  # a copy is not read again
    lecture.annuler(responsable, dernier(lettres))
    assert lecture.comptes(lettres).count() == 1


def test_lists_ask_the_database_the_same_number_of_times(
    lu: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client, base = connecte(responsable), f"/equipe/dossiers/{lu.slug}/lecture/"
    pages = (base, f"{base}avis/", f"{base}gestes/", f"{base}proches/", f"{base}coder/6/", f"{base}themes/")
    lecture.coder(responsable, avis_n(lu, 1), list(lu.themes.all()))

    def compter() -> list[int]:
        nombres = []
        for page in pages:
            with CaptureQueriesContext(
                connection,
            ) as requetes:
                assert client.get(page).status_code == 200
            nombres.append(len(requetes))
        return nombres

    compter()
    avant = compter()
    for numero in range(2, 6):
        lecture.coder(responsable, avis_n(lu, numero), list(lu.themes.all()))
    assert compter() == avant
