"""Names of people, wherever one is typed: letters and what goes between them, nothing that an address is made of."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

ENTRE_LES_LETTRES = frozenset(" -‐‑–'’ʼ.,&()·\u200c\u200d")
"""Spaces, hyphens, apostrophes, points of initials, « née (Martin) », « Anne & Paul », joiners of Persian and Indian
scripts."""
REMPLACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "´": "’", "`": "’"})
"""What keyboards and copied text give for a space or an apostrophe."""
INITIALES = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}(?=[\s\-‐‑–),]|$)")
"""« J.P. » : no address ends by one letter."""
SANS_LETTRE = "Écrivez un nom avec des lettres."
SIGNES = "Écrivez un nom sans chiffre ni signe comme / : @ ou !."
POINT = "Mettez un espace après le point, comme dans « J. Martin »."


def nettoyer_nom(texte: str) -> str:
    """The name with plain spaces and a French apostrophe, as it is kept."""
    return texte.translate(REMPLACES)


def verifier_nom(texte: str) -> None:
    """Raises ValidationError for what is no name but could be a message or an address put in a mail of the town."""
    if any(unicodedata.category(c)[0] not in "LM" and c not in ENTRE_LES_LETTRES for c in texte):
        raise ValidationError(SIGNES, code="signes")
    if texte.strip() and not any(c.isalpha() for c in texte):  # « . », for lack of a first name
        raise ValidationError(SANS_LETTRE, code="lettres")
    if re.search(r"\.(?![\s\-‐‑–),.]|$)", INITIALES.sub("", texte)):
        raise ValidationError(POINT, code="point")


class ChampNomDePersonne(forms.CharField):
    """An input for somebody's name, or a part of it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(verifier_nom)

    def to_python(self, value: Any) -> str:
        """Django's hook: what was typed, as it is kept."""
        return nettoyer_nom(super().to_python(value) or "")
