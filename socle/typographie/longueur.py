"""How many characters a text has, as people count them: what they see as one sign is one (Unicode, annex 29).

A line break is one, however a browser sends it; so are an accented letter in two code points, a flag, a family.
"""

from __future__ import annotations

import unicodedata

_LIEUR = "\u200d"
_TEINTES = range(0x1F3FB, 0x1F400)
_ETIQUETTES = range(0xE0020, 0xE0080)
_DRAPEAUX = range(0x1F1E6, 0x1F200)
SIGNES_PAR_CARACTERE = 8
"""Code points that one character may take on average: a text is not made endless by marks set on one letter."""


def nombre_de_caracteres(texte: str) -> int:
    """Characters as people see them; ``texte`` has one code point a line break (see composants.forms.TexteLong)."""
    if texte.isascii():
        return len(texte)
    nombre, avant, demi_drapeau = 0, "", False
    for signe in texte:
        code = ord(signe)
        drapeau = code in _DRAPEAUX
        suite = (
            _LIEUR in {avant, signe}
            or code in _TEINTES
            or code in _ETIQUETTES
            or unicodedata.category(signe) in {"Mn", "Me", "Mc"}
            or (drapeau and demi_drapeau)
        )
        nombre += not (suite and avant)
        demi_drapeau = drapeau and not demi_drapeau
        avant = signe
    return max(nombre, len(texte) // SIGNES_PAR_CARACTERE)
