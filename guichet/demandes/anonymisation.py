"""Some months after its end, a request no longer tells who made it (GDPR art. 5, 1, e).

How many months is the procedure's to say (``conservation_mois``), and the resident reads it before beginning. What
is done, and to which requests, is one function of the database (migration 0007): the sites' roles may only add to
history and messages, and this gives none of them the right to remove anything else than what is due.
"""

from __future__ import annotations

import logging
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db import connection
from django.utils import timezone

from guichet.demandes.models import Demande
from guichet.demarches.definition_workflow import NATURES_FINIES

LOT = 500
"""Requests of one transaction."""

journal = logging.getLogger(__name__)


def anonymiser(lot: int = LOT) -> int:
    """Make anonymous every request whose time has come. Returns how many."""
    faites, dernieres = 0, lot
    with connection.cursor() as curseur:
        while dernieres == lot:
            curseur.execute("SELECT demandes_anonymiser(%s)", [lot])
            (dernieres,) = curseur.fetchone() or (0,)
            faites += dernieres
    if faites:
        journal.info("%d demandes rendues anonymes", faites)
    return faites


def gardee_jusqu_au(demande: Demande) -> date | None:
    """Day on which a request that is over becomes anonymous; None before its end."""
    if demande.nature not in NATURES_FINIES:
        return None
    fin = timezone.localtime(demande.statut_depuis).date()
    return fin + relativedelta(months=demande.definition.donnees.conservation_mois)
