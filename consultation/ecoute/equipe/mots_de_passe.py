"""Passwords that anybody tries first: a keyboard's row or a common word, with figures around it."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

_FRANCAIS = frozenset({
    "azerty", "azertyuiop", "qsdfgh", "qsdfghjklm", "wxcvbn", "motdepasse", "mairie", "commune", "bonjour", "bienvenue",
    "soleil", "admin", "administrateur", "consultation", "ecoute",
})  # fmt: skip
LETTRES_AU_MOINS = 5
"""Different characters: « aaaabbbb1111 » has three."""


class Devine:
    """Refuses what is common once figures and signs at both ends are taken away: « azerty123456 »."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError, in French."""
        coeur = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password).casefold()
        moities = {coeur, coeur[: len(coeur) // 2] if coeur[: len(coeur) // 2] * 2 == coeur else coeur}
        if len(set(password)) < LETTRES_AU_MOINS or not coeur or any(self._commun(mot) for mot in moities):
            raise ValidationError(self.get_help_text(), code="devine")

    @staticmethod
    def _commun(mot: str) -> bool:
        if mot in _FRANCAIS:
            return True
        try:
            CommonPasswordValidator().validate(mot)
        except ValidationError:
            return True
        return False

    def get_help_text(self) -> str:
        """What to do instead."""
        return "Ce mot de passe se devine : prenez trois mots sans rapport entre eux."
