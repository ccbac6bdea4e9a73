"""Views of the list that agents keep: their own, and those that an agent of their service shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Q

from guichet.demarches.models import Service
from guichet.instruction.models import Agent, VueEnregistree
from socle.postgresql.lecture import LectureFixe, parmi

VUES_MAX = 30
"""Views an agent may keep: beyond, a list of views needs a list of its own."""


def vues_de(agent: Agent, services: Sequence[Service]) -> list[VueEnregistree]:
    """Views this agent may open, in the order of their names. One query."""
    return _VUES.toutes(agent.pk, [service.pk for service in services])


_VUES = LectureFixe(
    lambda agent, services: VueEnregistree.objects.filter(
        Q(agent=agent, service=None) | Q(parmi("service_id", services))
    ).select_related("service"),
    "agent",
    "services",
)


def adresse(vue: VueEnregistree) -> str:
    """What follows the « ? » of the list's address."""
    return urlencode({**vue.parametres, "vue": str(vue.pk)})


def trouver(vues: Iterable[VueEnregistree], cle: object) -> VueEnregistree | None:
    """The view of this key, however it is written; None where it is not among them."""
    return next((vue for vue in vues if str(vue.pk) == str(cle)), None)


def enregistrer(
    agent: Agent, vue: VueEnregistree, *, nom: str, service: Service | None, par_defaut: bool
) -> VueEnregistree:
    """Keep a view, new or changed, and remember whether the list begins with it for this agent."""
    vue.nom, vue.service = nom, service
    if vue.pk is None:
        vue.agent = agent
    with transaction.atomic():
        vue.save()
        if par_defaut:
            Agent.objects.filter(pk=agent.pk).update(vue_par_defaut=vue)
        elif agent.vue_par_defaut_id == vue.pk:
            Agent.objects.filter(pk=agent.pk).update(vue_par_defaut=None)
    return vue
