"""Texts of a known shape (postcode, SIRET…): any usual way to type them is taken, one way is kept (UX 20)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random


class MauvaisFormat(ValueError):
    """What was typed cannot be read; the text says how to mend."""


@dataclass(frozen=True)
class Format:
    """A shape of text: how it is read, refused, invented and typed."""

    lire: Callable[[str], str | None]
    """The text as it is kept, None when it cannot be read."""
    sinon: str
    """What to say then."""
    inventer: Callable[[Random], str]
    """A text of this shape, of nobody."""
    attributs: tuple[tuple[str, str], ...] = (("autocomplete", "off"), ("spellcheck", "false"))

    def nettoyer(self, saisie: str) -> str:
        """The text as it is kept. Raises MauvaisFormat, whose text says what to write, when it cannot be read."""
        lu = self.lire(re.sub(r"[\s.\-_/]", "", saisie).upper())
        if lu is None:
            raise MauvaisFormat(self.sinon)
        return lu


def _code_postal(lettres: str) -> str | None:
    return lettres if re.fullmatch(r"(?!00)\d{5}", lettres) else None


def _siret(lettres: str) -> str | None:
    if not re.fullmatch(r"\d{14}", lettres):
        return None
    chiffres = [int(c) for c in lettres]
    doubles = [c * 2 - 9 * (c > 4) if rang % 2 == 0 else c for rang, c in enumerate(chiffres)]
    la_poste = lettres.startswith("356000000") and sum(chiffres) % 5 == 0
    if sum(doubles) % 10 and not la_poste:
        return None
    return f"{lettres[:3]} {lettres[3:6]} {lettres[6:9]} {lettres[9:]}"


def _rna(lettres: str) -> str | None:
    return lettres if re.fullmatch(r"W\d[0-9A-Z]\d{7}", lettres) else None


def _immatriculation(lettres: str) -> str | None:
    if nouvelle := re.fullmatch(r"([A-HJ-NP-TV-Z]{2})(\d{3})([A-HJ-NP-TV-Z]{2})", lettres):
        return "-".join(nouvelle.groups())
    if ancienne := re.fullmatch(r"(\d{1,4})([A-Z]{2,3})(\d{2,3}|2[AB])", lettres):
        return " ".join(ancienne.groups())
    return None


def _iban(lettres: str) -> str | None:
    if not re.fullmatch(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}", lettres) or (lettres[:2] == "FR" and len(lettres) != 27):
        return None
    tourne = lettres[4:] + lettres[:4]
    if int("".join(str(int(c, 36)) for c in tourne)) % 97 != 1:
        return None
    return " ".join(lettres[i : i + 4] for i in range(0, len(lettres), 4))


_LETTRES = "ABCDEFGHJKLMNPQRSTVWXYZ"


def _plaque_inventee(hasard: Random) -> str:
    lettres = [hasard.choice(_LETTRES) for _ in range(4)]
    return f"{lettres[0]}{lettres[1]}-{hasard.randint(1, 999):03d}-{lettres[2]}{lettres[3]}"


def _siret_invente(hasard: Random) -> str:
    """Fourteen digits whose last one is the check digit (Luhn), as of every real number."""
    chiffres = [hasard.randint(0, 9) for _ in range(13)]
    doubles = (sum(divmod(2 * c, 10)) if rang % 2 == 0 else c for rang, c in enumerate(chiffres))
    return "".join(map(str, chiffres)) + str(-sum(doubles) % 10)


_NUMERIQUE = (("inputmode", "numeric"), ("spellcheck", "false"))
FORMATS: dict[str, Format] = {
    "code_postal": Format(
        _code_postal,
        "Écrivez un code postal de 5 chiffres, comme 75011.",
        lambda _: "99000",
        (("inputmode", "numeric"), ("autocomplete", "postal-code")),
    ),
    "siret": Format(
        _siret,
        "Écrivez les 14 chiffres du SIRET, comme 552 081 317 66522. Vérifiez-les : l'un d'eux ne va pas.",
        _siret_invente,
        _NUMERIQUE,
    ),
    "rna": Format(
        _rna,
        "Écrivez le numéro RNA : la lettre W puis 9 chiffres, comme W751234567.",
        lambda hasard: f"W99{hasard.randint(0, 9_999_999):07d}",
    ),
    "immatriculation": Format(
        _immatriculation,
        "Écrivez l'immatriculation comme sur la carte grise : AB-123-CD.",
        _plaque_inventee,
    ),
    "iban": Format(
        _iban,
        "Recopiez l'IBAN depuis votre RIB : FR suivi de 25 chiffres ou lettres.",
        lambda _: "FR7630006000011234567890189",
    ),
}
