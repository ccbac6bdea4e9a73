"""Two agents on one request: the second one is told what the first one did, and confirms or gives up.

Each form carries the last thing that had happened when its page was made: the line of history that the agent had
before their eyes. Notes do not count, nor lines that nobody wrote by acting on the request: they change nothing of
what one answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Max

from guichet.demandes.droits import Agent
from guichet.demandes.models import Auteur, Demande, Evenement
from guichet.demandes.phrases import SANS_EFFET

IGNORES = SANS_EFFET | {"note"}


@dataclass(frozen=True, slots=True)
class Conflit:
    """What a colleague did meanwhile, to be shown before acting."""

    titre: str
    phrase: str


def de_evenement(evenement: Evenement) -> str:
    """Version of a request whose last act is this event."""
    return str(evenement.pk)


def de_historique(evenements: Iterable[Evenement]) -> str:
    """Version of a request whose history is read already, newest first."""
    return next((de_evenement(evenement) for evenement in evenements if evenement.code not in IGNORES), "")


def de(demande: Demande) -> str:
    """Version of a request: changes with each act."""
    return de_plusieurs([demande])[demande.reference]


def de_plusieurs(demandes: Sequence[Demande]) -> dict[str, str]:
    """Versions by reference, in one query."""
    derniers = dict(
        Evenement.objects.filter(demande__in=[demande.pk for demande in demandes])
        .exclude(code__in=IGNORES)
        .values_list("demande_id")
        .annotate(dernier=Max("pk"))
        .order_by()
    )
    return {demande.reference: str(derniers.get(demande.pk, "")) for demande in demandes}


def conflit(demande: Demande, version: str, agent: Agent) -> Conflit | None:
    """What changed since `version`, in words; None when nothing did. Call it with the row held."""
    dernier = Evenement.objects.filter(demande=demande).exclude(code__in=IGNORES).order_by("-pk").first()
    if version == (de_evenement(dernier) if dernier else ""):
        return None
    if dernier is None:
        return Conflit("Cette demande vient d’être modifiée", "")
    phrase = dernier.phrase()
    if dernier.auteur_cle == agent.sub and dernier.auteur_type == Auteur.AGENT:
        return Conflit("Vous venez de modifier cette demande, dans une autre fenêtre", phrase)
    if dernier.auteur_type == Auteur.USAGER:
        return Conflit("L’usager vient d’écrire", phrase)
    return Conflit(f"{dernier.auteur_nom or 'Un collègue'} vient de modifier cette demande", phrase)
