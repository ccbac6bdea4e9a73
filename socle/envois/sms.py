"""SMS as an interface: an object that takes a number and words. None is sold with it: a town plugs its own.

`SMS_PASSERELLE` names the class (dotted path); empty: no SMS, letters and calls instead. `Classeur`, shipped, fills a
folder that a gateway of the town (a modem, a provider's client) empties: one file a message, first the number.
"""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

LONGUEUR_MAX = 306  # characters: two messages put together


class Passerelle(Protocol):
    """What a gateway has to do."""

    def envoyer(self, numero: str, texte: str) -> None:
        """Take charge of one message. `numero` is +33…; raises OSError when it cannot."""


class Classeur:
    """Fill a folder; a file appears whole, and is read by the application's own account only."""

    def envoyer(self, numero: str, texte: str) -> None:
        """Write it."""
        dossier = Path(settings.SMS_DOSSIER)
        dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
        nom = f"{timezone.localtime():%Y-%m-%d-%H%M%S}-{uuid.uuid4().hex[:8]}"
        brouillon = dossier / f".{nom}"
        with open(os.open(brouillon, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as fichier:
            fichier.write(f"To: {numero}\n\n{texte}\n")
        brouillon.rename(dossier / f"{nom}.sms")


def mobile(telephone: str) -> str:
    """A French mobile number as +33…, however it was typed; empty when it is not one."""
    chiffres = re.sub(r"[^\d+]", "", telephone.replace("(0)", ""))
    trouve = re.fullmatch(r"(?:\+33|0033|0)([67]\d{8})", chiffres)
    return f"+33{trouve[1]}" if trouve else ""


def passerelle() -> Passerelle | None:
    """The gateway of this site, if there is one."""
    return cast(Passerelle, import_string(settings.SMS_PASSERELLE)()) if settings.SMS_PASSERELLE else None


def possible(telephone: str) -> bool:
    """Whether this number can be written to from here."""
    return bool(settings.SMS_PASSERELLE and mobile(telephone))
