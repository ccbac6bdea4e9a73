"""The list as a spreadsheet: the same requests, in a file that French spreadsheets open and nothing runs."""

from __future__ import annotations

import csv
import html
import io
import zipfile
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche
from guichet.instruction import export, tableur
from guichet.instruction.models import Agent
from tests.guichet import actes as agir
from tests.guichet.instruction import fabriques

Connecte = Callable[..., Client]
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXTE = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def lu(reponse: object) -> str:
    return html.unescape(reponse.content.decode())  # type: ignore[attr-defined]


def en_csv(navigateur: Client, requete: str = "") -> list[list[str]]:
    reponse = navigateur.get(f"/demandes/export/demandes.csv{requete}")
    assert reponse["Content-Type"] == "text/csv; charset=utf-8"
    brut = b"".join(reponse.streaming_content)  # type: ignore[attr-defined]
    assert brut.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(brut.decode("utf-8-sig"), newline=""), delimiter=";"))


def en_ods(navigateur: Client, requete: str = "") -> list[list[str]]:
    reponse = navigateur.get(f"/demandes/export/demandes.ods{requete}")
    assert reponse["Content-Type"] == tableur.ODS
    archive = zipfile.ZipFile(io.BytesIO(b"".join(reponse.streaming_content)))  # type: ignore[attr-defined]
    assert archive.infolist()[0].filename == "mimetype"
    assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
    racine = ElementTree.fromstring(archive.read("content.xml"))  # noqa: S314 - our own file
    return [
        [
            "\n".join(p.text or "" for p in c.iter(f"{TEXTE}p"))
            or c.get(f"{OFFICE}date-value", c.get(f"{OFFICE}value", ""))
            for c in rangee.iter(f"{TABLE}table-cell")
        ]
        for rangee in racine.iter(f"{TABLE}table-row")
    ]


@pytest.mark.parametrize("lire", [en_csv, en_ods])
def test_the_file_holds_the_filtered_list(
    lire: Callable[..., list[list[str]]], voirie: Demarche, alice: Agent, connecte: Connecte
) -> None:
    premiere, close = fabriques.deposer(voirie, nom="Inès Lefèvre"), fabriques.deposer(voirie)
    agir.clore(close, alice)
    navigateur = connecte(alice)
    entetes, *lignes = lire(navigateur)
    assert [ligne[0] for ligne in lignes] == [premiere.reference]
    ligne = dict(zip(entetes, lignes[0], strict=True))
    assert ligne["Nom"] == "Inès Lefèvre"
    assert ligne["Canal"] == "Site internet"
    assert ligne["Téléphone"] == "06 12 34 56 78"
    assert "Description" not in entetes
    assert [ligne[0] for ligne in lire(navigateur, "?montrer=toutes&ordre=recentes")[1:]] == [
        close.reference,
        premiere.reference,
    ]
    assert len(lire(navigateur, "?q=lefevre")) == 2


@pytest.mark.parametrize("lire", [en_csv, en_ods])
def test_one_procedure_gives_a_column_a_question(
    lire: Callable[..., list[list[str]]], demande: Demande, alice: Agent, connecte: Connecte
) -> None:
    entetes, ligne = lire(connecte(alice), "?demarche=signaler-voirie")
    assert entetes[-3:] == ["Lieu [lieu]", "Nature [nature]", "Description [description]"]
    assert ligne[-3:] == ["12 rue des Lilas\nDevant le portail", "Éclairage", "Le lampadaire ne s’allume plus."]
    assert entetes.count("Nom") == 1


@pytest.mark.parametrize("lire", [en_csv, en_ods])
def test_a_column_keeps_its_place_and_its_name_when_the_form_changes(
    lire: Callable[..., list[list[str]]], demande: Demande, voirie: Demarche, alice: Agent, connecte: Connecte
) -> None:
    """What an accounting software or a macro reads: a question inserted, one reworded, one removed, two alike."""
    from guichet.demarches.definition import lire_definition
    from guichet.demarches.services import enregistrer_demarche

    avant, ancienne = lire(connecte(alice), "?demarche=signaler-voirie")
    brut = fabriques.definition("Signaler un problème de voirie", "voirie")
    champs = brut["etapes"][1]["champs"]
    champs[0] |= {"libelle": "Sorte de problème"}
    champs[1] |= {"nom": "details", "libelle": "Sorte de problème"}
    brut["etapes"][0]["champs"].insert(0, {**champs[1], "nom": "quand", "libelle": "Quand"})
    nouvelle = enregistrer_demarche("signaler-voirie", lire_definition(brut, "essai"))
    recente = fabriques.deposer(nouvelle, details="Tout neuf.", quand="Hier")
    entetes, *lignes = lire(connecte(alice), "?demarche=signaler-voirie")
    assert avant[-3:] == ["Lieu [lieu]", "Nature [nature]", "Description [description]"]
    place = len(avant)
    assert entetes[: place - 3] == avant[: place - 3]
    assert entetes[place - 3 : place] == ["Lieu [lieu]", "Sorte de problème [nature]", "Description [description]"]
    assert sorted(entetes[place:]) == ["Quand [quand]", "Sorte de problème [details]"]
    assert len(set(entetes)) == len(entetes)
    par_reference = {ligne[0]: dict(zip(entetes, ligne, strict=True)) for ligne in lignes}
    assert [par_reference[demande.reference][titre] for titre in entetes[place - 3 : place]] == ancienne[-3:]
    assert par_reference[recente.reference]["Sorte de problème [details]"] == "Tout neuf."
    assert par_reference[recente.reference]["Description [description]"] == ""


@pytest.mark.parametrize("valeur", ["01000", "12345678901234", "12E5", "3-4", "10/12", "1/2", "00"])
def test_a_spreadsheet_shows_what_was_answered(valeur: str, demande: Demande, alice: Agent, connecte: Connecte) -> None:
    """In ODS each answer is a text, which no spreadsheet turns into a number or a date; the page leads there first."""
    with tableur.en_ods("Essai", ["Réponse"], [[valeur]]) as fichier:
        contenu = zipfile.ZipFile(fichier).read("content.xml").decode()
    assert f'<table:table-cell office:value-type="string"><text:p>{valeur}</text:p>' in contenu
    page = lu(connecte(alice).get("/demandes/export/"))
    assert "gardent leurs zéros" in page
    assert page.index("demandes.ods") < page.index("demandes.csv")


@pytest.mark.parametrize("lire", [en_csv, en_ods])
def test_a_foreign_agent_exports_nothing_of_others(
    lire: Callable[..., list[list[str]]], demande: Demande, etat_civil: Demarche, bruno: Agent, connecte: Connecte
) -> None:
    sienne = fabriques.deposer(etat_civil)
    navigateur = connecte(bruno)
    for requete in ("", "?montrer=toutes", "?service=voirie&montrer=toutes", f"?q={demande.reference}"):
        lignes = lire(navigateur, requete)[1:]
        assert demande.reference not in str(lignes)
        assert all(ligne[0] == sienne.reference for ligne in lignes)
    # A procedure of others is not a filter for Bruno: it gives no column, and no answer.
    assert "Description" not in lire(navigateur, "?demarche=signaler-voirie&montrer=toutes")[0]


def test_who_is_not_signed_in_or_no_agent_gets_no_file(demande: Demande, connecte: Connecte) -> None:
    for adresse in ("/demandes/export/", "/demandes/export/demandes.csv", "/demandes/export/demandes.ods"):
        assert Client().get(adresse).status_code == 302
        assert connecte(fabriques.agent(f"eva-{adresse[-3:]}", "Eva", "service-voirie")).get(adresse).status_code == 403
    alice = fabriques.agent("alice2", "Alice", "agents", "service-voirie")
    assert connecte(alice).get("/demandes/export/demandes.pdf").status_code == 404


@pytest.mark.parametrize(
    ("saisie", "ecrit"),
    [
        ('=HYPERLINK("http://mal","x")', "'=HYPERLINK(\"http://mal\",\"x\")"),
        ("+33 6 12", "'+33 6 12"),
        ("-1+1|cmd", "'-1+1|cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("-12,5", "-12,5"),
        ("12 rue des Lilas", "12 rue des Lilas"),
        ("a;b\"c", "a;b\"c"),
    ],
)  # fmt: skip
def test_nothing_a_person_typed_becomes_a_formula(saisie: str, ecrit: str) -> None:
    brut = b"".join(tableur.en_csv(["Nom"], [[saisie]])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(brut, newline=""), delimiter=";"))[1] == [ecrit]


def test_an_ods_cell_is_text_whatever_it_holds() -> None:
    with tableur.en_ods("Essai & <co>", ["Nom"], [["=1+1"], ["<b>&\x01\x00é"], [12], [None]]) as fichier:
        contenu = zipfile.ZipFile(fichier).read("content.xml").decode()
    assert "formula" not in contenu
    assert '<table:table-cell office:value-type="string"><text:p>=1+1</text:p>' in contenu
    assert "&lt;b&gt;&amp;é" in contenu
    ElementTree.fromstring(contenu)  # noqa: S314 - our own file


def test_the_page_says_what_leaves_and_how_much(
    demande: Demande, alice: Agent, connecte: Connecte, monkeypatch: Any
) -> None:
    navigateur = connecte(alice)
    page = lu(navigateur.get("/demandes/export/?montrer=a-prendre"))
    for mots in ("une demande", "À prendre en charge", "données personnelles", "demandes.ods?montrer=a-prendre"):
        assert mots in page
    assert "il n’y a rien à exporter" in lu(navigateur.get("/demandes/export/?montrer=close"))
    fabriques.deposer(demande.demarche)
    fabriques.deposer(demande.demarche)
    monkeypatch.setattr(export, "LIMITE", 2)
    assert "au plus 2 demandes" in lu(navigateur.get("/demandes/export/"))
    lignes = en_csv(navigateur)
    assert len(lignes) == 4
    assert lignes[-1][0].startswith("Fichier arrêté à 2 demandes")


def test_the_file_costs_the_same_queries_whatever_its_length(
    voirie: Demarche, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    fabriques.deposer(voirie)
    navigateur = connecte(alice)
    en_csv(navigateur)
    mesures = []
    for requete in ("?montrer=toutes", "?montrer=toutes&demarche=signaler-voirie"):
        with CaptureQueriesContext(connection) as peu:
            en_csv(navigateur, requete)
        mesures.append((requete, len(peu)))
    fabriques.peupler(60, [voirie], [alice, chloe])
    for requete, attendu in mesures:
        with CaptureQueriesContext(connection) as beaucoup:
            assert len(en_csv(navigateur, requete)) == 62
        assert len(beaucoup) == attendu
        assert attendu <= 8
