"""What the web server does by itself every minute, beside the pages: alerts whose calm has come, messages that wait."""

from __future__ import annotations

from consultation.ecoute.satisfaction import alertes
from socle.envois.services import partir_dus
from socle.envois.veilleur import Veilleur

VEILLEUR = Veilleur((alertes.envoyer, partir_dus))


def demarrer() -> None:
    """Start it in this process; called after the fork (setting APRES_DEMARRAGE)."""
    VEILLEUR.demarrer()
