"""Kind L, search that misleads: each word leads to who does it, mistakes are understood, nothing comes by chance."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.demarches.catalogue import chercher
from guichet.demarches.definition import DefinitionRefusee
from guichet.demarches.exportation import exporter_site
from guichet.demarches.models import Demarche, Orientation
from guichet.demarches.moteur import Entree, Moteur
from guichet.demarches.services import importer_site
from socle.typographie.espaces import insecables, lier_telephones
from tests.guichet import fabrique
from tests.guichet.fautes.conftest import lu

pytestmark = pytest.mark.django_db


def trouves(mots: str) -> list[str]:
    vus = chercher(mots)
    return [page.pk for page in (*vus.demarches, *vus.orientations)]


@pytest.mark.parametrize(
    ("mots", "attendu"),
    [
        ("pacs", "pacs"),
        ("passeport", "passeport"),
        ("passeports", "passeport"),
        ("Passe port", "passeport"),
        ("pasport", "passeport"),
        ("poubelle", "poubelles"),
        ("poubele", "poubelles"),
        ("POUBELLES", "poubelles"),
        ("carte d'identite", "carte-d-identite"),
        ("carte d’identité", "carte-d-identite"),
        ("carte didentité", "carte-d-identite"),
        ("carte identité", "carte-d-identite"),
        ("refaire ma carte d'identité perdue", "carte-d-identite"),
        ("cni", "carte-d-identite"),
        ("permis de conduire", "permis-de-conduire"),
        ("permi de conduir", "permis-de-conduire"),
        ("acte de naisance", "demander-un-acte-d-etat-civil"),
        ("acte de naissence", "demander-un-acte-d-etat-civil"),
        ("decheterie", "decheterie"),
        ("dechetterie", "decheterie"),
        ("mariage", "mariage"),
        ("impots", "impots"),
        ("carte grise", "carte-grise"),
        ("cartegrise", "carte-grise"),
        ("crèche", "creche"),
        ("cimetiere", "cimetiere"),
        ("permis de construire", "permis-de-construire"),
        ("payer la cantine", "payer-une-facture"),
        ("lampadère", "signaler-un-probleme-de-voirie"),
        ("nids de poules", "signaler-un-probleme-de-voirie"),
        ("encombrents", "faire-enlever-des-encombrants"),
        ("périscolère", "inscrire-au-periscolaire"),
        ("etat civile", "demander-un-acte-d-etat-civil"),
        ("stationement", "demander-une-carte-de-stationnement"),
    ],
)
def test_l_a_word_leads_to_who_does_it(livrees: list[Demarche], mots: str, attendu: str) -> None:
    assert attendu in trouves(mots)


@pytest.mark.parametrize(
    ("mots", "jamais"),
    [
        ("pacs", "signaler-un-arbre-ou-un-espace-vert"),
        ("permis de conduire", "demander-une-permission-de-voirie"),
        ("permis de conduire", "permis-de-construire"),
        ("carte grise", "demander-une-carte-de-stationnement"),
        ("carte d'identité", "demander-une-carte-de-stationnement"),
        ("passeport", "demander-un-acte-d-etat-civil"),
        ("école", "signaler-un-changement-d-adresse"),
        ("impots", "signaler-un-changement-d-adresse"),
        ("cni", "faire-enlever-des-encombrants"),
    ],
)
def test_l_no_page_comes_by_chance(livrees: list[Demarche], mots: str, jamais: str) -> None:
    assert jamais not in trouves(mots)


@pytest.mark.parametrize("mots", ["chasse", "pont", "licorne", "carte de pêche", "x", "%", "zzzz", "'", "de la"])
def test_l_what_nobody_does_here_finds_nothing(livrees: list[Demarche], mots: str) -> None:
    assert trouves(mots) == []


def test_l_a_correction_is_said_with_its_accents(client: Client, livrees: list[Demarche]) -> None:
    assert chercher("identiter").corriges == (("identiter", "identité"),)
    page = lu(client.get("/demarches/", {"q": "poubele"}))
    assert "« poubele » n'est dans aucune page : nous avons cherché « poubelle »" in page.replace("\xa0", " ")
    assert "n'est dans aucune page" not in lu(client.get("/demarches/", {"q": "poubelle"}))


def test_l_a_word_that_no_page_has_is_said_to_be_set_aside(client: Client, livrees: list[Demarche]) -> None:
    assert trouves("cantine martienne") == trouves("cantine")
    page = lu(client.get("/demarches/", {"q": "cantine martienne"}))
    assert insecables("nous avons cherché sans « martienne »") in page
    # A word that is on many pages is no answer by itself.
    assert trouves("carte martienne") == []


def test_l_nothing_found_leads_to_the_state_and_to_the_town_hall(client: Client, livrees: list[Demarche]) -> None:
    page = lu(client.get("/demarches/", {"q": "licorne bleue"}))
    assert "https://www.service-public.gouv.fr/particuliers/recherche?keyword=licorne+bleue" in page
    assert "01 99 00 00 00" in page


def test_l_each_shipped_sheet_has_a_page_that_leads_somewhere(client: Client, livrees: list[Demarche]) -> None:
    fiches = list(Orientation.objects.all())
    assert len(fiches) > 30
    catalogue = lu(client.get("/demarches/"))
    for fiche in fiches:
        adresse = f"/orientation/{fiche.pk}/"
        assert f'href="{adresse}"' in catalogue
        page = lu(client.get(adresse))
        assert insecables(fiche.lue.organisme) in page
        assert page.count("<h1") == 1
        assert "<script>" not in page
        for lien in fiche.lue.liens:
            assert f'href="{lien.adresse}" rel="noreferrer"' in page
            assert lien.site in page
        # It is found by its own title and by each of its words.
        for mots in (fiche.titre, *fiche.lue.mots_cles):
            assert fiche.pk in trouves(mots), (fiche.pk, mots)


def test_l_each_procedure_is_found_by_its_title_and_each_of_its_words(livrees: list[Demarche]) -> None:
    for demarche in livrees:
        for mots in (demarche.titre, *demarche.lue.mots_cles):
            assert demarche.pk in trouves(mots), (demarche.pk, mots)


def test_l_a_sheet_that_is_not_online_is_neither_found_nor_served(client: Client, livrees: list[Demarche]) -> None:
    Orientation.objects.filter(pk="pacs").update(publiee=False)
    assert trouves("pacs") == []
    assert client.get("/orientation/pacs/").status_code == 404
    assert "/orientation/pacs/" not in lu(client.get("/demarches/"))


def test_l_a_search_is_two_queries_whatever_is_typed(livrees: list[Demarche], django_assert_num_queries: Any) -> None:
    chercher("passeport")  # the process reads the pages
    for mots in ("passeport", "poubele pasport naisance", "x " * 50, "licorne"):
        with django_assert_num_queries(2):
            chercher(mots)
    for rang in range(20):
        copie = Demarche.objects.get(pk=fabrique.VOIRIE)
        copie.pk, copie.titre = f"copie-{rang}", f"Sosie {rang}"
        copie.save(force_insert=True)
    chercher("sosie")
    with django_assert_num_queries(2):
        assert len(trouves("sosie")) == 20


def test_l_what_changes_is_found_at_once(livrees: list[Demarche]) -> None:
    assert trouves("trottinette") == []
    fiche = Orientation.objects.get(pk="pacs")
    fiche.definition = {**fiche.definition, "mots_cles": ["trottinette"]}
    fiche.save()
    assert trouves("trottinette") == ["pacs"]


@given(st.text(max_size=120))
@settings(max_examples=200, deadline=None)
def test_l_nothing_that_is_typed_breaks_the_search(mots: str) -> None:
    moteur = Moteur([Entree("a", "Faire un passeport", ("carte d'identité",), "À la mairie"), Entree("b", "Ailleurs")])
    assert set(moteur.chercher(mots).cles) <= {"a", "b"}
    assert Moteur([]).chercher(mots).cles == ()


# --- The file of sheets --------------------------------------------------------------------------------


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    return Path(shutil.copytree(fabrique.SITE, tmp_path / "site"))


def test_l_sheets_come_from_the_folder_and_go_back_to_it_alike(dossier: Path, tmp_path: Path) -> None:
    bilan = importer_site(dossier)
    assert "passeport" in bilan.crees
    assert not importer_site(dossier).change
    exporter_site(dossier)
    assert (dossier / "orientations.yaml").read_text() == (fabrique.SITE / "orientations.yaml").read_text()
    neuf = tmp_path / "neuf"
    neuf.mkdir()
    exporter_site(neuf)
    assert not importer_site(neuf).change


def test_l_a_folder_without_sheets_is_a_folder(dossier: Path) -> None:
    (dossier / "orientations.yaml").unlink()
    importer_site(dossier)
    assert not Orientation.objects.exists()


@pytest.mark.parametrize(
    ("avant", "apres", "phrase"),
    [
        ("https://passeport.ants.gouv.fr/", "http://passeport.ants.gouv.fr/", "https://"),
        ("  pacs:\n", "  Pacs !:\n", "orientations.yaml"),
        ("    titre: Se pacser\n", "", "il manque « orientations.pacs.titre »"),
    ],
)
def test_l_a_wrong_sheet_is_refused_in_words(dossier: Path, avant: str, apres: str, phrase: str) -> None:
    chemin = dossier / "orientations.yaml"
    texte = chemin.read_text("utf-8")
    assert avant in texte
    chemin.write_text(texte.replace(avant, apres, 1), "utf-8")
    with pytest.raises(DefinitionRefusee, match=r"orientations\.yaml") as refus:
        importer_site(dossier)
    assert phrase in str(refus.value)


# --- A procedure that was closed ------------------------------------------------------------------------


def test_l_a_closed_procedure_says_so_and_what_to_do_instead(client: Client, livrees: list[Demarche]) -> None:
    demarche = Demarche.objects.get(pk=fabrique.VOIRIE)
    premiere = client.get(f"/demarches/{demarche.pk}/remplir/")["Location"]
    Demarche.objects.filter(pk=demarche.pk).update(publiee=False)
    for adresse in (f"/demarches/{demarche.pk}/", f"/demarches/{demarche.pk}/remplir/", premiere):
        reponse = client.get(adresse)
        page = lu(reponse)
        assert reponse.status_code == 404
        assert "Cette démarche est fermée" in page
        assert lier_telephones(demarche.lue.canaux[0].texte.split(",")[0]) in page
        assert "vos réponses n'ont pas été envoyées" not in page
    assert "vos réponses n'ont pas été envoyées" in lu(client.post(premiere, {}))
    assert "Cette démarche est fermée" not in lu(client.get("/demarches/inconnue/"))
