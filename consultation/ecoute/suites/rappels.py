"""Mail to who answers for an action: a week before its date, then every week while it is late.

The team itself is told by its own reminders (accueil/rappels.py); whoever answers for an action may be outside it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from consultation.ecoute.cadre.courriels import part_vraiment
from consultation.ecoute.suites import courriels
from consultation.ecoute.suites.models import Action

AVANT = timedelta(days=7)
ENTRE = timedelta(days=7)


def a_rappeler(maintenant: datetime) -> list[Action]:
    """Due within a week or late, and not reminded of within a week."""
    bientot = timezone.localdate(maintenant) + AVANT
    ouvertes = Action.objects.filter(etat__in=Action.OUVERTES, echeance__lte=bientot)
    # An hour less than a week: the task of the day never runs at the same second twice.
    recents = maintenant - ENTRE + timedelta(hours=1)
    attendues = ouvertes.exclude(courriel="").exclude(rappelee_le__gt=recents).select_related("proposition__dossier")
    aujourdhui = timezone.localdate(maintenant)
    return [a for a in attendues if a.echeance < aujourdhui or a.rappelee_le is None]


def rappeler(maintenant: datetime | None = None) -> int:
    """Entrust a mail to who answers for each action and gave an address; returns how many.

    Without a mail server nothing is written: the home page says the same.
    """
    if not part_vraiment():
        return 0
    moment = maintenant or timezone.now()
    n = 0
    with transaction.atomic():
        for action in a_rappeler(moment):
            n += courriels.rappeler(action, moment)
            Action.objects.filter(pk=action.pk).update(rappelee_le=moment)
    return n
