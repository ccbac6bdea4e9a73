"""Numbers as people write them: a comma, narrow spaces by thousands, the unit never on another line."""

from __future__ import annotations

from decimal import Decimal

from socle.typographie.espaces import FINE, INSECABLE


def nombre(valeur: int | float | Decimal, decimales: int = 2) -> str:
    """« 1 234 », « 12,5 »: at most `decimales` digits after the comma, no useless zero."""
    entier, _, suite = f"{valeur:,.{decimales}f}".partition(".")
    suite = suite.rstrip("0")
    return entier.replace(",", FINE) + (f",{suite}" if suite else "")


def pourcent(part: float | Decimal, decimales: int = 1) -> str:
    """A part of 1 in hundredths: 0.0909 is « 9,1 % »."""
    return f"{100 * part:.{decimales}f}{INSECABLE}%".replace(".", ",")


def compte(combien: int, un: str, plusieurs: str) -> str:
    """Number and word together: « 3 avis »; in French the plural begins at two."""
    return f"{combien}{INSECABLE}{un if abs(combien) < 2 else plusieurs}"


def taille(octets: int) -> str:
    """Size of a file given in bytes: « 340 Ko », « 2,4 Mo »."""
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))}{INSECABLE}Ko"
    return f"{octets / 1_000_000:.1f}{INSECABLE}Mo".replace(".", ",")
