"""Who works in a service, as far as this site knows: agents who have signed in at least once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from guichet.demarches.models import Service
from guichet.instruction.models import Agent


def collegues_de(services: Sequence[Service]) -> QuerySet[Agent]:
    """Active agents of these services, by name; those who never signed in are not known here. None of no service."""
    if not services:
        return Agent.objects.none()
    de_l_un = reduce(or_, (Q(groupes__contains=[service.groupe]) for service in services))
    return Agent.objects.filter(de_l_un, is_active=True).order_by("nom", "pk")
