"""Who else is reading a request now: said on its page and on the pages of its actions, so that two agents do
not answer at once. Shown by the server; a small script keeps it true while the page stays open.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from guichet.demandes.models import Demande
from guichet.instruction.models import Agent, Lecture
from socle.postgresql.lecture import LectureFixe

DUREE = timedelta(minutes=2)
"""After so long without news, an agent reads no more: the page was closed, or the computer sleeps."""
GARDE = timedelta(hours=1)


def signaler(demande: Demande, agent: Agent) -> None:
    """This agent reads this request. One query."""
    with connection.cursor() as curseur:
        curseur.execute(
            "INSERT INTO instruction_lecture (demande_id, agent_id, vue_le) VALUES (%s, %s, %s)"
            " ON CONFLICT (demande_id, agent_id) DO UPDATE SET vue_le = excluded.vue_le",
            [demande.pk, agent.pk, timezone.now()],
        )


def autres_lecteurs(demande: Demande, agent: Agent) -> list[str]:
    """Names of the others. Only agents who may read it can be there: `signaler` follows the check of the right."""
    return _AUTRES.toutes(demande.pk, agent.pk, timezone.now() - DUREE)


_AUTRES = LectureFixe(
    lambda demande, agent, depuis: (
        Lecture.objects.filter(vue_le__gt=depuis, demande=demande)
        .exclude(agent=agent)
        .order_by("agent__nom", "pk")
        .values_list("agent__nom", flat=True)
    ),
    "demande",
    "agent",
    "depuis",
)


def phrase(noms: list[str]) -> str:
    """« Chloé Bernard et Hugo Petit lisent aussi cette demande. »; empty when nobody else does."""
    if not noms:
        return ""
    if len(noms) == 1:
        return f"{noms[0]} lit aussi cette demande."
    return f"{', '.join(noms[:-1])} et {noms[-1]} lisent aussi cette demande."


def constater(demande: Demande, agent: Agent) -> str:
    """Tell the others, and say who they are: two queries."""
    signaler(demande, agent)
    return phrase(autres_lecteurs(demande, agent))


def oublier() -> int:
    """Drop what is past: nobody keeps a record of who read what. Returns how many."""
    return Lecture.objects.filter(vue_le__lt=timezone.now() - GARDE).delete()[0]
