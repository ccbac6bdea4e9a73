"""What may be done to a request. One function an act: it checks the right, saves, writes history and
queues the mails that follow, all in one transaction. Needs nothing but the database.

The acts live in modules by who does them; this one is where the rest of the code finds them.
"""

from __future__ import annotations

from django.utils import timezone

from guichet.demandes.actes import SaisieRefusee, TexteManquant
from guichet.demandes.actes_agent import Autorite, DemandeDePiece, Saisie, executer
from guichet.demandes.actes_usager import annuler, ecrire_usager, fournir, rattacher
from guichet.demandes.automatique import passer_automatiques, regler_horloges
from guichet.demandes.brouillons import (
    GARDE_AVEC_COMPTE,
    GARDE_SANS_COMPTE,
    abandonner_brouillon,
    commencer_brouillon,
    deposer_brouillon,
    joindre_au_brouillon,
    purger_brouillons,
    retirer_du_brouillon,
)
from guichet.demandes.depot import Depot, deposer

__all__ = [
    "GARDE_AVEC_COMPTE",
    "GARDE_SANS_COMPTE",
    "Autorite",
    "DemandeDePiece",
    "Depot",
    "Saisie",
    "SaisieRefusee",
    "TexteManquant",
    "abandonner_brouillon",
    "annuler",
    "commencer_brouillon",
    "deposer",
    "deposer_brouillon",
    "ecrire_usager",
    "executer",
    "fournir",
    "joindre_au_brouillon",
    "passer_automatiques",
    "purger_brouillons",
    "rattacher",
    "regler_horloges",
    "retirer_du_brouillon",
    "timezone",
]
