"""Who decides, as each decision says it: first name and name, quality, service.

A decision made by an agent bears the first name, the name and the quality of its author (CRPA L.212-1), and the service
it belongs to. One that is notified through an online service needs no signature, but these mentions all the same
(L.212-2; Conseil d'État, avis n° 489189, 5 March 2024). They are frozen with the act: neither a change of post nor a
transfer says afterwards that somebody else decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guichet.demandes.droits import Agent
from guichet.demandes.models import Auteur as Type
from guichet.demandes.models import Demande, Evenement
from guichet.demarches.definition_workflow import TransitionDefinie


@dataclass(frozen=True)
class Auteur:
    """The author of an act, in the words that people read."""

    nom: str
    qualite: str
    service: str

    def __str__(self) -> str:
        """« Alice Martin, responsable de la voirie, service Voirie et espaces publics »."""
        return ", ".join(filter(None, (self.nom, self.qualite, f"service {self.service}" if self.service else "")))


def qualite_demandee(transition: TransitionDefinie, agent: Agent) -> bool:
    """Whether the agent has to say what they are before this act: it decides, and the directory does not say it."""
    return transition.effet.decide and not agent.qualite


def mentions(qualite: str, demande: Demande) -> Mapping[str, Any]:
    """What history keeps of the author beside their name."""
    return {"qualite": qualite, "service_auteur": demande.service.nom} if qualite else {}


def de(evenement: Evenement) -> Auteur | None:
    """The agent whose act an event tells; without quality where it was written before qualities were kept."""
    donnees = evenement.donnees
    if (
        evenement.auteur_type != Type.AGENT
        or not (donnees.get("transition") or donnees.get("qualite"))
        or not evenement.auteur_nom
    ):
        return None
    return Auteur(evenement.auteur_nom, str(donnees.get("qualite", "")), str(donnees.get("service_auteur", "")))
