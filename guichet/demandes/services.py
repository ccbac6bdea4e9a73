"""What may be done to a request. One function an act: it checks the right, saves, writes history and
queues the mails that follow, all in one transaction. Needs nothing but the database.

The acts live in modules by who does them; this one is where the rest of the code finds them.
"""

from __future__ import annotations

from django.utils import timezone

from guichet.demandes.actes import SaisieRefusee, TexteManquant
from guichet.demandes.actes_agent import (
    Autorite,
    DemandeDePiece,
    Saisie,
    annuler_transmission,
    essayer,
    executer,
    prevoir,
    transmission_annulable,
)
from guichet.demandes.actes_usager import (
    RETRAIT_ANNULABLE,
    annuler,
    ecrire_usager,
    fournir,
    noter_ouverture,
    rattacher,
    reprendre,
    retrait_annulable,
)
from guichet.demandes.automatique import clore_abandonnees, passer_automatiques, regler_horloges
from guichet.demandes.brouillons import (
    GARDE_AVEC_COMPTE,
    GARDE_SANS_COMPTE,
    ReglesNonTenues,
    abandonner_brouillon,
    commencer_brouillon,
    deposer_brouillon,
    joindre_au_brouillon,
    purger_brouillons,
    retirer_du_brouillon,
)
from guichet.demandes.depot import Depot, deposer
from guichet.demandes.passation import annuler_passation, confier, passation_annulable, peut_confier

__all__ = [
    "GARDE_AVEC_COMPTE",
    "GARDE_SANS_COMPTE",
    "RETRAIT_ANNULABLE",
    "Autorite",
    "DemandeDePiece",
    "Depot",
    "ReglesNonTenues",
    "Saisie",
    "SaisieRefusee",
    "TexteManquant",
    "abandonner_brouillon",
    "annuler",
    "annuler_passation",
    "annuler_transmission",
    "clore_abandonnees",
    "commencer_brouillon",
    "confier",
    "deposer",
    "deposer_brouillon",
    "ecrire_usager",
    "essayer",
    "executer",
    "fournir",
    "joindre_au_brouillon",
    "noter_ouverture",
    "passation_annulable",
    "passer_automatiques",
    "peut_confier",
    "prevoir",
    "purger_brouillons",
    "rattacher",
    "regler_horloges",
    "reprendre",
    "retirer_du_brouillon",
    "retrait_annulable",
    "timezone",
    "transmission_annulable",
]
