"""Nothing that a person typed is run by a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from socle.tableaux import RedacteurCsv

RACINE = Path(__file__).resolve().parents[2]
AUTREMENT = {
    "consultation/tirage/publication.py": "the list that the draw's digest proves: numbers and codes",
    "consultation/ecoute/panels/services.py": "codes and values chosen in a list, read again by the draw",
    "consultation/ecoute/dossiers/classeurs.py": "a workbook that was sent, read at once as it is and given to nobody",
}
"""What writes CSV by itself, and why no spreadsheet runs what a person typed there."""


def cellule(texte: str) -> str:
    sortie = io.StringIO()
    RedacteurCsv(sortie).lignes([["avant", texte, None, 3]])
    ((_, lue, vide, trois),) = csv.reader(io.StringIO(sortie.getvalue(), newline=""))
    assert (vide, trois) == ("", "3")
    return lue


@pytest.mark.parametrize(
    "texte",
    ["=cmd|'/C calc'!A0@exemple.test", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1",
     "\x00=1", "\r\n=1",
     "-=1", "+33-cmd", "+33 6 12"],
)  # fmt: skip
def test_a_formula_is_a_text(texte: str) -> None:
    assert cellule(texte).startswith("'")


def test_no_text_begins_a_row_of_its_own() -> None:
    assert cellule("rien\r=cmd") == "rien\n=cmd"


@pytest.mark.parametrize("texte", ["Léa", "-12,5", "06 12", "a=b", "lea@exemple.test", ""])
def test_what_is_no_formula_stays_as_it_is(texte: str) -> None:
    assert cellule(texte) == texte


def test_no_site_writes_csv_otherwise() -> None:
    ecrivent = {
        str(fichier.relative_to(RACINE))
        for paquet in ("guichet", "consultation", "socle")
        for fichier in (RACINE / paquet).rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)", fichier.read_text("utf-8"))
    }
    assert ecrivent - set(AUTREMENT) == {"socle/tableaux.py"}
