"""What the machine does by itself once a day: erase what is due, warn of deadlines."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.management import call_command

from consultation.ecoute.accueil.rappels import rappeler
from consultation.ecoute.ateliers import rappels as ateliers
from consultation.ecoute.ateliers.services import oublier_demandes
from consultation.ecoute.donnees.effacement import effacer_echus
from consultation.ecoute.dossiers.services import tous_a_l_heure
from consultation.ecoute.panels.services import oublier_demandes as oublier_candidatures
from consultation.ecoute.satisfaction import alertes
from consultation.ecoute.suites.rappels import rappeler as rappels_des_actions
from socle.envois.services import partir_dus

TRAVAUX: tuple[tuple[str, Callable[[], object]], ...] = (
    ("l'ouverture et la fermeture à l'heure", tous_a_l_heure),
    ("l'effacement du jour", effacer_echus),
    ("les rappels du jour", rappeler),
    ("les rappels d'ateliers", ateliers.rappeler),
    ("l'oubli des demandes de place sans réponse", oublier_demandes),
    ("l'oubli des candidatures sans réponse", oublier_candidatures),
    ("les alertes en attente", alertes.envoyer),
    ("les rappels à qui répond d'une action", rappels_des_actions),
    ("les messages en attente", partir_dus),
    ("le retrait des sessions terminées", lambda: call_command("clearsessions")),
)


def chaque_jour() -> list[str]:
    """Do all of it, one failing does not stop the next; return what failed."""
    echecs = []
    for nom, travail in TRAVAUX:
        try:
            travail()
        except Exception:
            logging.getLogger(__name__).exception("%s n'a pas abouti ; nouvel essai demain", nom)
            echecs.append(nom)
    return echecs
