"""Who works in a service, as far as this site knows: agents who have signed in at least once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from guichet.demarches.models import Service
from guichet.instruction.models import Agent


def collegues_de(services: Sequence[Service]) -> QuerySet[Agent]:
    """Active agents of these services, by name; those who never signed in are not known here. None of no service."""
    if not services:
        return Agent.objects.none()
    groupes = [service.groupe for service in services]  # a JSON array: its elements are « keys »
    return Agent.objects.filter(groupes__has_any_keys=groupes, is_active=True).order_by("nom", "pk")
