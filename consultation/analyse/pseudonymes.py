"""Proposals to hide what names a person, before coding; a person accepts or refuses each.

Regular expressions only: they find what has a shape (numbers, addresses, names after a title). Other names need a
reader, or a language model as a second opinion. Pseudonymised text remains personal data (CNIL, 19 May 2020).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Genre(StrEnum):
    """What a passage seems to be; the value is the French word put in its place."""

    COURRIEL = "courriel"
    IBAN = "compte bancaire"
    NIR = "numéro de sécurité sociale"
    TELEPHONE = "téléphone"
    PLAQUE = "plaque"
    ADRESSE = "adresse"
    COMMUNE = "commune"
    DATE_NAISSANCE = "date de naissance"
    NOM = "nom"
    REFERENCE = "numéro de dossier"


@dataclass(frozen=True)
class Proposition:
    """A passage [debut, fin) of the text, in characters; `sure` when its shape or check digit leaves no doubt."""

    debut: int
    fin: int
    genre: Genre
    texte: str
    sure: bool


def cle_iban(texte: str) -> bool:
    """ISO 13616 check: moved letters as numbers, remainder 1 modulo 97."""
    compact = re.sub(r"\s", "", texte).upper()
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def cle_nir(texte: str) -> bool:
    """Key of the French social security number: 97 minus the 13 digits modulo 97 (2A and 2B as 19 and 18)."""
    compact = re.sub(r"\s", "", texte).upper()
    corps = compact[:13].replace("2A", "19", 1).replace("2B", "18", 1)
    return len(compact) == 15 and corps.isdigit() and 97 - int(corps) % 97 == int(compact[13:])


def _sure(_: str) -> bool:
    return True


def _a_verifier(_: str) -> bool:
    return False


_MAJUSCULE = r"[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ]"
_NOM = rf"{_MAJUSCULE}[\w’'-]+(?:[ -]{_MAJUSCULE}[\w’'-]+){{0,3}}"
_VOIE = (
    r"rue|avenue|av\.|boulevard|bd|place|chemin|allée|allee|impasse|route|quai|cours|square|passage|sentier|"
    r"résidence|residence|lotissement|hameau|villa|esplanade|faubourg"
)

_AVANT_NOM = (
    r"Monsieur|Madame|Mademoiselle|M\.|Mr|Mme|Mlle|Dr|Docteur|[Mm][’']appelle|[Mm]on nom est|"
    r"[Mm]on (?:fils|mari|père|frère|voisin)|[Mm]a (?:fille|femme|mère|sœur|voisine)"
)

MOTIFS: tuple[tuple[Genre, re.Pattern[str], Callable[[str], bool]], ...] = (
    (Genre.COURRIEL, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), _sure),
    (Genre.IBAN, re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b"), cle_iban),
    (
        Genre.NIR,
        re.compile(r"\b[12]\s?\d{2}\s?(?:0[1-9]|1[0-2]|[2-9]\d)\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}(?:\s?\d{2})?\b"),
        cle_nir,
    ),
    (
        Genre.TELEPHONE,
        re.compile(r"(?<!\d)(?:(?:\+|00)33[\s.-]?(?:\(0\)\s?)?|0)[1-9](?:[\s.-]?\d{2}){4}(?!\d)"),
        _sure,
    ),
    (Genre.PLAQUE, re.compile(r"\b[A-HJ-NP-TV-Z]{2}[ -]\d{3}[ -][A-HJ-NP-TV-Z]{2}\b"), _sure),
    (
        Genre.ADRESSE,
        re.compile(
            rf"\b\d{{1,4}}\s?(?:bis|ter|quater)?,?\s+(?:{_VOIE})\b(?:\s+(?:de|du|des|la|le|les)\b)*"
            rf"(?:\s+(?:[ld][’'])?{_MAJUSCULE}[\w’'-]+|\s+\d{{1,2}}(?=\s+{_MAJUSCULE})|\s+\d{{1,2}}\s+\w+\s+\d{{4}})*"
        ),
        _sure,
    ),
    (Genre.COMMUNE, re.compile(rf"\b(?:0[1-9]|[1-8]\d|9[0-8])\d{{3}}\s+{_NOM}"), _a_verifier),
    (
        Genre.DATE_NAISSANCE,
        re.compile(r"\b[nN]ée? le (?P<cible>\d{1,2}(?:er)?[/.\s-]\w{1,9}[/.\s-]\d{2,4})"),
        _sure,
    ),
    (Genre.NOM, re.compile(rf"\b(?:{_AVANT_NOM}) (?P<cible>{_NOM})"), _sure),
    (Genre.REFERENCE, re.compile(r"\b20\d{2}-[A-Z0-9]{4}-[A-Z0-9]{4}\b"), _sure),
    (Genre.REFERENCE, re.compile(r"(?<!\d)\d(?:\s?\d){7,}(?!\d)"), _a_verifier),
)
"""In order of precedence: where two overlap, the first wins."""


def proposer(texte: str) -> list[Proposition]:
    """Return the passages that may name somebody, in the order of the text, without overlap."""
    retenues: list[Proposition] = []
    for genre, motif, verifier in MOTIFS:
        cible = "cible" if "cible" in motif.groupindex else 0
        for trouve in motif.finditer(texte):
            debut, fin = trouve.span(cible)
            if all(fin <= p.debut or debut >= p.fin for p in retenues):
                extrait = trouve.group(cible)
                retenues.append(Proposition(debut, fin, genre, extrait, verifier(extrait)))
    return sorted(retenues, key=lambda proposition: proposition.debut)


def appliquer(texte: str, acceptees: Sequence[Proposition]) -> str:
    """Replace the accepted passages; one passage said twice has one mark: « [nom 1] ».

    Raises `ValueError` when a proposal does not match the text (it was edited since).
    """
    marques: dict[tuple[Genre, str], str] = {}
    morceaux: list[str] = []
    position = 0
    for proposition in sorted(acceptees, key=lambda p: p.debut):
        if proposition.debut < position or texte[proposition.debut : proposition.fin] != proposition.texte:
            raise ValueError("the proposals do not match this text")
        cle = (proposition.genre, re.sub(r"[\s.-]", "", proposition.texte).casefold())
        rang = 1 + sum(1 for genre, _ in marques if genre == proposition.genre)
        marque = marques.setdefault(cle, f"[{proposition.genre.value} {rang}]")
        morceaux += [texte[position : proposition.debut], marque]
        position = proposition.fin
    return "".join([*morceaux, texte[position:]])
