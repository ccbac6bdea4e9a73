"""What the web server does by itself every minute, beside the pages: what opens and
closes at its hour, alerts whose calm has come, messages that wait.
"""

from __future__ import annotations

from consultation.ecoute.dossiers.services import tous_a_l_heure
from consultation.ecoute.satisfaction import alertes
from socle.envois.services import partir_dus
from socle.envois.veilleur import Veilleur

TRAVAUX = (tous_a_l_heure, alertes.envoyer, partir_dus)
VEILLEUR = Veilleur(TRAVAUX)


def demarrer() -> None:
    """Start it in this process; called after the fork (setting APRES_DEMARRAGE)."""
    VEILLEUR.demarrer()
