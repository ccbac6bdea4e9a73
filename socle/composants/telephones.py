"""Telephone numbers, wherever one is typed: any usual way to write one, and nothing that nobody could call."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

ECRIVEZ = "Écrivez un numéro de 10 chiffres, comme 06 12 34 56 78."


def ranger_telephone(saisie: str) -> str:
    """The number as it is kept: « 06 12 34 56 78 », or as typed for one of another country (« +32 470 12 34 56 »).

    Raises ValidationError for anything else.
    """
    chiffres = re.sub(r"[\s.\-()/]", "", saisie)
    chiffres = re.sub(r"^(\+33|0033)0?", "0", chiffres)
    if re.fullmatch(r"0\d{9}", chiffres):
        return " ".join(chiffres[i : i + 2] for i in range(0, 10, 2))
    if re.fullmatch(r"\+\d{8,15}", chiffres):
        return saisie.strip()
    raise ValidationError(ECRIVEZ, code="invalid")


class ChampTelephone(forms.CharField):
    """An input for a telephone number."""

    def clean(self, value: Any) -> str:
        """The number as it is kept, empty if nothing is typed. Raises ValidationError for anything else."""
        saisie: str = super().clean(value)
        return ranger_telephone(saisie) if saisie else ""
