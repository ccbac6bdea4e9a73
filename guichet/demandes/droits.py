"""Who may read and act on a request. The only place where this is decided."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.core.exceptions import PermissionDenied

from guichet.demarches.models import Service
from socle.postgresql.lecture import LectureFixe, parmi

if TYPE_CHECKING:
    from guichet.comptes.models import Usager
    from guichet.demandes.models import Demande
    from guichet.demarches.definition_workflow import TransitionDefinie


class AccesRefuse(PermissionDenied):
    """This person has no right on this request."""


class Agent(Protocol):
    """What this app needs to know of an agent, whatever the class that carries it."""

    @property
    def sub(self) -> str:
        """Identifier in the directory."""

    @property
    def nom(self) -> str:
        """Name as colleagues read it."""

    @property
    def qualite(self) -> str:
        """What they are in the town, as their decisions say it; empty while nobody knows."""

    @property
    def groupes(self) -> Sequence[str]:
        """Groups of the directory at the last sign-in."""


@dataclass(frozen=True)
class Demandeur:
    """A resident at the keyboard: an account, requests opened by their code in this session, or both."""

    usager: Usager | None = None
    ouvertes_par_code: frozenset[uuid.UUID] = frozenset()

    @property
    def nom(self) -> str:
        """The account's name; empty without account."""
        return self.usager.nom if self.usager else ""

    @property
    def cle(self) -> str:
        """Who it is, for the history: the account's key; empty without account."""
        return str(self.usager.pk) if self.usager else ""


def services_de(agent: Agent) -> list[Service]:
    """The services whose requests this agent reads."""
    return _DES_GROUPES.toutes(list(agent.groupes))


_DES_GROUPES = LectureFixe(lambda groupes: Service.objects.filter(parmi("groupe", groupes)), "groupes")


def peut_voir(agent: Agent, demande: Demande) -> bool:
    """Whether the request is with a service of the agent: its group is one of theirs."""
    return demande.service.groupe in agent.groupes


def exiger_agent(agent: Agent, demande: Demande) -> None:
    """Raises AccesRefuse when the request is with a service the agent is not of."""
    if not peut_voir(agent, demande):
        raise AccesRefuse("Cette demande est suivie par un service auquel vous n'appartenez pas.")


def peut_faire(agent: Agent, transition: TransitionDefinie) -> bool:
    """Whether the workflow gives this button to this agent's groups."""
    return not transition.groupes or not set(transition.groupes).isdisjoint(agent.groupes)


def exiger_transition(agent: Agent, transition: TransitionDefinie) -> None:
    """Raises AccesRefuse when the transition is kept for other groups of agents."""
    if not peut_faire(agent, transition):
        raise AccesRefuse(f"L'action « {transition.libelle} » est réservée à d'autres agents de la mairie.")


def exiger_saisie(agent: Agent) -> None:
    """Any agent may type in a request for someone: the front desk answers for every service.

    Raises AccesRefuse for who is in no group.
    """
    if not agent.groupes:
        raise AccesRefuse("Seuls les agents de la mairie saisissent une demande pour quelqu'un.")


def est_a(demandeur: Demandeur, demande: Demande) -> bool:
    """A request is its owner's, or whoever's gave its code."""
    if demandeur.usager is not None and demande.usager_id == demandeur.usager.pk:
        return True
    return demande.pk in demandeur.ouvertes_par_code


def exiger_demandeur(demandeur: Demandeur, demande: Demande) -> None:
    """Raises AccesRefuse when the request is neither of this account nor opened by its code in this session."""
    if not est_a(demandeur, demande):
        raise AccesRefuse("Cette demande n'est pas la vôtre.")
