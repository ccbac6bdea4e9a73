"""Files as people really write them, and mistakes told with file, line and column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from consultation.tirage import FichiersInvalides, lire_vivier
from consultation.tirage.foyers import normaliser_adresse

QUOTAS = "feature,value,min,max\nsexe,femme,1,1\nsexe,homme,1,1\n"


def ecrire(dossier: Path, personnes: str | bytes, quotas: str | bytes = QUOTAS) -> tuple[Path, Path]:
    chemins = dossier / "people.csv", dossier / "features.csv"
    for chemin, texte in zip(chemins, (personnes, quotas), strict=True):
        chemin.write_bytes(texte if isinstance(texte, bytes) else texte.encode())
    return chemins


def erreurs(dossier: Path, personnes: str, quotas: str = QUOTAS) -> str:
    with pytest.raises(FichiersInvalides) as refus:
        lire_vivier(*ecrire(dossier, personnes, quotas))
    return str(refus.value)


def test_reads_a_french_spreadsheet(tmp_path: Path) -> None:
    personnes = "Nom;âge;id\r\nÉlise;60 à 74;7\r\n".encode("cp1252")
    quotas = "critère;valeur;min;max;min_flex;max_flex\r\nâge;60 à 74;1;2;0;\r\n".encode("cp1252")
    vivier = lire_vivier(*ecrire(tmp_path, personnes, quotas))
    assert vivier.personnes[0].identifiant == "7"
    assert vivier.personnes[0].valeurs == {"âge": "60 à 74"}
    assert (vivier.quotas[0].minimum_souple, vivier.quotas[0].maximum_souple) == (0, 10**6)


def test_reads_the_older_header_and_a_byte_order_mark(tmp_path: Path) -> None:
    quotas = QUOTAS.replace("feature,value", "category,name")
    vivier = lire_vivier(*ecrire(tmp_path, b"\xef\xbb\xbfcode,sexe\nA,femme\n", quotas))
    assert vivier.personnes[0].identifiant == "A"


def test_unknown_value_says_where_and_what_was_meant(tmp_path: Path) -> None:
    texte = erreurs(tmp_path, "id,sexe\nA,femme\n\nB,hommes\nC,\n")
    assert "people.csv, ligne 4, colonne « sexe » : « hommes »" in texte
    assert "vouliez-vous dire « homme » ?" in texte
    assert "people.csv, ligne 5, colonne « sexe » : case vide." in texte
    assert texte.startswith("2 erreurs à corriger")


def test_line_numbers_follow_cells_on_several_lines(tmp_path: Path) -> None:
    texte = erreurs(tmp_path, 'id,note,sexe\nA,"deux\nlignes",femme\nB,,autre\n')
    assert "ligne 4, colonne « sexe »" in texte


@pytest.mark.parametrize(
    ("personnes", "attendu"),
    [
        ("id,sexe\nA,femme\nA,homme\n", "ligne 3, colonne « id » : « A » figure déjà à la ligne 2."),
        ("id,sexe\n,femme\n", "identifiant vide"),
        ("id,genre\nA,femme\n", "colonne « sexe » : cette colonne manque"),
        ("id,sexe\nA,femme,x\n", "ligne 2 : 3 cases au lieu de 2 attendues."),
        ("id,sexe,sexe\nA,femme,femme\n", "figure deux fois"),
        ("id,sexe\n", "aucun volontaire"),
        ("", "le fichier est vide"),
        ("sexe\nfemme\n", "il manque une colonne d'identifiant"),
    ],
)
def test_mistakes_among_people(tmp_path: Path, personnes: str, attendu: str) -> None:
    assert attendu in erreurs(tmp_path, personnes)


@pytest.mark.parametrize(
    ("ligne", "attendu"),
    [
        ("sexe,autre,deux,3,,", "ligne 2, colonne « min » : « deux » n'est pas un nombre entier de personnes."),
        ("sexe,autre,-1,3,,", "« -1 » n'est pas un nombre entier"),
        ("sexe,autre,4,3,,", "le minimum (4) dépasse le maximum (3)"),
        ("sexe,autre,1,3,2,", "la marge basse (2) dépasse le minimum (1)"),
        ("sexe,autre,1,3,,2", "colonne « max_flex » : la marge haute (2) est sous le maximum (3)."),
        ("sexe,,1,3,,", "colonne « value » : case vide."),
    ],
)
def test_mistakes_among_quotas(tmp_path: Path, ligne: str, attendu: str) -> None:
    quotas = f"feature,value,min,max,min_flex,max_flex\n{ligne}\n"
    assert attendu in erreurs(tmp_path, "id,sexe\nA,autre\n", quotas)


def test_a_value_given_twice_and_a_missing_header_are_refused(tmp_path: Path) -> None:
    assert "figure déjà à la ligne 2" in erreurs(tmp_path, "id,sexe\nA,femme\n", QUOTAS + "sexe,femme,0,1\n")
    assert "features.csv, ligne 1 : les colonnes attendues" in erreurs(tmp_path, "id,sexe\nA,femme\n", "a,b\n1,2\n")


QUOTAS_SEXE = "feature,value,min,max\nsexe,féminin,0,1\n"


@pytest.mark.parametrize(
    "contenu",
    [
        "id,sexe\nA,féminin\n".encode(),
        "id;sexe\r\nA;féminin\r\n".encode("cp1252"),
        "\ufeffid\tsexe\r\nA\tféminin\r\n".encode("utf-16-le"),  # « Unicode text » of a spreadsheet
        "sep=;\r\nid;sexe\r\nA;féminin\r\n".encode("utf-8-sig"),
        "id;sexe;;\r\nA;féminin;;\r\n;;;\r\n".encode(),  # columns and lines left empty at the edges
    ],
)
def test_reads_whatever_a_spreadsheet_wrote(tmp_path: Path, contenu: bytes) -> None:
    (tmp_path / "people.csv").write_bytes(contenu)
    (tmp_path / "features.csv").write_text(QUOTAS_SEXE, encoding="utf-8")
    vivier = lire_vivier(tmp_path / "people.csv", tmp_path / "features.csv")
    assert [(p.identifiant, p.valeurs) for p in vivier.personnes] == [("A", {"sexe": "féminin"})]


@pytest.mark.parametrize(
    ("contenu", "attendu"),
    [
        (b"PK\x03\x04classeur", "c'est un classeur"),
        (b"id,sexe\nA,\x00\x00\n", "ce n'est pas un fichier CSV"),
        (b",,\nA,B,\n", "la première ligne doit donner le nom des colonnes"),
        (b"sep=;\nid;sexe\nA;fem\n", "ligne 3, colonne « sexe » : « fem »"),
    ],
)
def test_what_is_no_table_is_said(tmp_path: Path, contenu: bytes, attendu: str) -> None:
    (tmp_path / "people.csv").write_bytes(contenu)
    (tmp_path / "features.csv").write_text(QUOTAS_SEXE, encoding="utf-8")
    with pytest.raises(FichiersInvalides, match=re.escape(attendu)):
        lire_vivier(tmp_path / "people.csv", tmp_path / "features.csv")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FichiersInvalides, match="absent ou illisible"):
        lire_vivier(tmp_path / "people.csv", tmp_path / "features.csv")


def test_two_spellings_of_an_address_are_one_household() -> None:
    assert normaliser_adresse(["12, rue de l'Église", ""]) == normaliser_adresse(["12 RUE DE L EGLISE"])
    assert normaliser_adresse(["", " "]) == ""
