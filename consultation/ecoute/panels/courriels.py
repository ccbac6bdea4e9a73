"""What volunteers are written: once what was recorded is safe, and a mail server that is down loses nothing."""

from __future__ import annotations

import logging
from functools import partial

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from consultation.ecoute.cadre.courriels import envoyer
from consultation.ecoute.panels.models import Volontaire

journal = logging.getLogger(__name__)


def lien(volontaire: Volontaire) -> str:
    """The person's own page."""
    return f"{settings.URL_PUBLIQUE}{reverse('public:mon_tirage', args=[volontaire.jeton])}"


def ecrire(gabarit: str, volontaire: Volontaire) -> None:
    """Mail them, if they left an address."""
    if volontaire.courriel:
        transaction.on_commit(partial(_partir, gabarit, volontaire))


def _partir(gabarit: str, volontaire: Volontaire) -> None:
    contexte = {"volontaire": volontaire, "panel": volontaire.panel, "lien": lien(volontaire)}
    try:
        envoyer(f"panels/courriels/{gabarit}", contexte, volontaire.courriel)
    except OSError:  # their page says the same
        journal.warning("un e-mail n'est pas parti", exc_info=True)
