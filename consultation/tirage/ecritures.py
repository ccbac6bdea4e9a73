"""What is the same to the eye is the same here; and what a spreadsheet, or a hurry, put in place of what was meant.

Two words are one value when they differ only by the way accents are encoded (UAX #15: canonical equivalence), by kinds
of space, of dash or of apostrophe, or by capitals. The rule is public, as the draw is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

# As French and English spreadsheets write them, without accents.
MOIS = (
    ("janv", "jan"), ("fevr", "fev", "feb"), ("mars", "mar"), ("avr", "apr"), ("mai", "may"), ("juin", "jun"),
    ("juil", "jul"), ("aout", "aug"), ("sept", "sep"), ("oct",), ("nov",), ("dec",),
)  # fmt: skip
_TIRETS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"))
_TRANCHE = re.compile(r"(\d{1,2})\s*[-/]\s*(\d{1,2})")
_DATE_DE_TABLEUR = re.compile(r"(\d{1,2}|[a-zéû]{3,5})\.?[-/ ]([a-zéû]{3,5}|\d{1,4})\.?", re.IGNORECASE)
_NOM = re.compile(r"[^\W\d_]{2,}[\s,]+[^\W\d_]{2,}")
_HORODATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}([ T]\d{1,2}[:h]\d{2}.*)?")
_TELEPHONE = re.compile(r"(?:\+|00)?\d(?:[\s.]?\d){8,14}")
_ENTETES = frozenset(
    [
        "nom",
        "noms",
        "prenom",
        "prenoms",
        "name",
        "names",
        "firstname",
        "lastname",
        "surname",
        "mail",
        "email",
        "mails",
        "courriel",
        "telephone",
        "tel",
        "phone",
        "mobile",
        "portable",
        "adresse",
        "address",
        "naissance",
        "horodateur",
        "timestamp",
        "date",
    ]
)


def cle(texte: str) -> str:
    """What two spellings of one value have in common."""
    pareil = unicodedata.normalize("NFC", texte).translate(_TIRETS).translate(_APOSTROPHES)
    pareil = pareil.replace("\u200b", "").replace("\ufeff", "").replace("\u00ad", "")
    return " ".join(pareil.split()).casefold()


def changee_en_date(valeur: str) -> bool:
    """Whether a spreadsheet makes a date of this value: « 1-2 », « 10/12 », « 3-15 »."""
    trouve = _TRANCHE.fullmatch(valeur.strip())
    if trouve is None:
        return False
    un, autre = int(trouve[1]), int(trouve[2])
    return (1 <= un <= 31 and 1 <= autre <= len(MOIS)) or (1 <= un <= len(MOIS) and 1 <= autre <= 31)


def tranche_d_une_date(lue: str, valeurs: Sequence[str]) -> str | None:
    """Which of `valeurs` a spreadsheet changed into the date `lue` (« 01-févr », « oct-12 »); None when it is none."""
    trouve = _DATE_DE_TABLEUR.fullmatch(cle(lue))
    if trouve is None:
        return None
    nombres = [_rang_du_mois(mot) or (int(mot) if mot.isdigit() else 0) for mot in trouve.groups()]
    if not any(_rang_du_mois(mot) for mot in trouve.groups()):
        return None
    for valeur in valeurs:
        tranche = _TRANCHE.fullmatch(valeur.strip())
        if tranche and sorted(map(int, tranche.groups())) == sorted(n % 100 for n in nombres):
            return valeur
    return None


def _rang_du_mois(mot: str) -> int:
    plat = unicodedata.normalize("NFKD", mot.casefold()).encode("ascii", "ignore").decode().rstrip(".")
    return next((rang for rang, mois in enumerate(MOIS, 1) if plat in mois), 0)


def a_la_place(valeur: str) -> str:
    """The same bracket, written so that no spreadsheet touches it: « 1 à 2 »."""
    return re.sub(r"\s*[-/]\s*", " à ", valeur.strip())


def dit_qui(colonne: str, valeurs: Sequence[str]) -> str:
    """How a column meant to hold opaque codes tells who people are, in French; empty when nothing shows it."""
    mots = re.findall(r"[a-z]+", unicodedata.normalize("NFKD", colonne.casefold()).encode("ascii", "ignore").decode())
    if "@" in "".join(valeurs):
        return "ce sont des adresses e-mail"
    if any(_TELEPHONE.fullmatch(v) for v in valeurs):
        return "ce sont des numéros de téléphone"
    moitie = max(1, (len(valeurs) + 1) // 2)
    if sum(bool(_HORODATE.fullmatch(v)) for v in valeurs) >= moitie:
        return "ce sont des dates ou des heures"
    if sum(bool(_NOM.search(v)) for v in valeurs) >= moitie:
        return "ce sont des noms"
    if set(mots) & _ENTETES:
        return "son titre le dit"
    return ""


def etendues(lignes: Sequence[int]) -> str:
    """« ligne 4 », « lignes 4 et 9 », « lignes 122 à 421 », for people."""
    suites = [
        [ligne for _, ligne in groupe]
        for _, groupe in groupby(enumerate(sorted(lignes)), key=lambda couple: couple[1] - couple[0])
    ]
    mots = [f"{s[0]} à {s[-1]}" if len(s) > 1 else str(s[0]) for s in suites]
    debut = "ligne" if len(lignes) == 1 else "lignes"
    return f"{debut} {mots[0] if len(mots) == 1 else ', '.join(mots[:-1]) + ' et ' + mots[-1]}"
