"""Two agents on one request: the second one is told what the first one did, and confirms or gives up.

Each form carries the moment of the last change that the agent had before their eyes.
"""

from __future__ import annotations

from dataclasses import dataclass

from guichet.demandes.droits import Agent
from guichet.demandes.models import Auteur, Demande, Evenement


@dataclass(frozen=True, slots=True)
class Conflit:
    titre: str
    phrase: str


def de(demande: Demande) -> str:
    return demande.modifiee_le.isoformat()


def conflit(demande: Demande, version: str, agent: Agent) -> Conflit | None:
    """What changed since `version`, in words; None when nothing did. Call it with the row held."""
    if version == de(demande):
        return None
    dernier = Evenement.objects.filter(demande=demande).exclude(code="note").order_by("-le", "-pk").first()
    if dernier is None:
        return Conflit("Cette demande vient d’être modifiée", "")
    phrase = dernier.phrase()
    if dernier.auteur_cle == agent.sub and dernier.auteur_type == Auteur.AGENT:
        return Conflit("Vous venez de modifier cette demande, dans une autre fenêtre", phrase)
    if dernier.auteur_type == Auteur.USAGER:
        return Conflit("L’usager vient d’écrire", phrase)
    return Conflit(f"{dernier.auteur_nom or 'Un collègue'} vient de modifier cette demande", phrase)
