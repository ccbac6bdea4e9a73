"""The frame of a mail on both sites: the town signs, the portal's address is known to every template."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from socle.envois.genres import Ecrit
from socle.envois.redaction import en_deux_parties


def rediger(gabarit: str, contexte: dict[str, Any]) -> Ecrit:
    """A mail from the template ``gabarit``.html (frame: templates/courriels)."""
    commun = {"commune": settings.COMMUNE, "url_portail": settings.URL_PORTAIL}
    return en_deux_parties(gabarit, commun | contexte, expediteur=settings.COMMUNE["nom"])
