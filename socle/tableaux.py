"""Tables as CSV that a spreadsheet opens without running anything of what people typed.

The one place of the sites that writes CSV: a cell that begins as a formula does is preceded by an apostrophe, which
spreadsheets take for « text » (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any, Protocol

FORMULE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NOMBRE = re.compile(r"-?\d+([.,]\d+)?")
"""A plain number: nothing there that computes."""


class Flux(Protocol):
    """What text can be written to: a file, a response."""

    def write(self, texte: str, /) -> object:
        """Add this text."""


class RedacteurCsv:
    """A `csv.writer` that makes texts harmless; `options` are its own (delimiter, end of line)."""

    def __init__(self, flux: Flux, **options: Any) -> None:
        self._redacteur = csv.writer(flux, **{"lineterminator": "\n", **options})

    def ligne(self, cellules: Iterable[object]) -> None:
        """Write one row; nothing stands for None."""
        self._redacteur.writerow([sans_formule(c) if isinstance(c, str) else c for c in cellules])

    def lignes(self, rangees: Iterable[Iterable[object]]) -> None:
        """Write these rows."""
        for rangee in rangees:
            self.ligne(rangee)


def sans_formule(texte: str) -> str:
    """A text that a spreadsheet would run is made visible text; a plain number stays one.

    A lone carriage return, which `csv` does not quote and spreadsheets take for the end of a row, becomes a line end.
    """
    texte = texte.replace("\r\n", "\n").replace("\r", "\n")
    nu = texte.replace("\x00", "").lstrip(" ")
    return f"'{texte}" if nu.startswith(FORMULE) and not NOMBRE.fullmatch(nu) else texte
