"""The life of a request: its statuses, and the one table that says what may follow what.

Every procedure shares this table for now. It is looked up through ``transitions()`` only, so that a
procedure can bring its own later (statuses and transitions as data) without touching the callers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.db import models

from . import droits

if TYPE_CHECKING:
    from .models import Demande


class Statut(models.TextChoices):
    RECUE = "recue", "Reçue"
    EN_COURS = "en_cours", "En cours"
    ATTENTE_USAGER = "attente_usager", "En attente de l'usager"
    REPONDUE = "repondue", "Répondue"
    CLOSE = "close", "Close"


@dataclass(frozen=True)
class EtatUsager:
    """A status in the words of the person who asked, and who acts next."""

    libelle: str
    explication: str
    a_qui: str
    """« À vous », « La mairie », or nothing once all is done."""
    ton: str
    """Modifier of the charter's .etiquette."""


ETATS_USAGER = {
    Statut.RECUE: EtatUsager("Reçue", "La mairie a reçu votre demande. Elle va la lire.", "La mairie", "info"),
    Statut.EN_COURS: EtatUsager("En cours", "La mairie s'occupe de votre demande.", "La mairie", "info"),
    Statut.ATTENTE_USAGER: EtatUsager(
        "Une question pour vous", "La mairie attend votre réponse pour continuer.", "À vous", "attention"
    ),
    Statut.REPONDUE: EtatUsager(
        "Réponse envoyée", "La mairie vous a répondu. Vous pouvez encore lui écrire.", "", "succes"
    ),
    Statut.CLOSE: EtatUsager("Terminée", "Votre demande est terminée.", "", "neutre"),
}


@dataclass(frozen=True)
class Transition:
    code: str
    libelle: str
    """Text of the button: a verb."""
    depuis: frozenset[Statut]
    vers: Statut | None
    """None: the status stays what it is."""
    auteur: Literal["agent", "usager"]
    texte: Literal["aucun", "facultatif", "obligatoire"] = "obligatoire"
    """Whether a text comes with it; it is sent to the resident unless the transition is a note."""
    previent_usager: bool = False


_OUVERTES = frozenset({Statut.RECUE, Statut.EN_COURS, Statut.ATTENTE_USAGER, Statut.REPONDUE})

PRENDRE_EN_CHARGE = Transition(
    "prendre_en_charge",
    "Prendre en charge",
    frozenset({Statut.RECUE, Statut.EN_COURS, Statut.REPONDUE}),
    Statut.EN_COURS,
    "agent",
    texte="aucun",
)
REPONDRE = Transition("repondre", "Répondre", _OUVERTES, Statut.REPONDUE, "agent", previent_usager=True)
DEMANDER_COMPLEMENT = Transition(
    "demander_complement",
    "Poser une question à l'usager",
    _OUVERTES,
    Statut.ATTENTE_USAGER,
    "agent",
    previent_usager=True,
)
CLORE = Transition(
    "clore", "Clore la demande", _OUVERTES, Statut.CLOSE, "agent", texte="facultatif", previent_usager=True
)
NOTER = Transition("noter", "Ajouter une note interne", frozenset(Statut), None, "agent")
ECRIRE = Transition("ecrire", "Envoyer mon message", _OUVERTES, Statut.EN_COURS, "usager")

TRANSITIONS: tuple[Transition, ...] = (
    PRENDRE_EN_CHARGE,
    REPONDRE,
    DEMANDER_COMPLEMENT,
    CLORE,
    NOTER,
    ECRIRE,
)


class TransitionImpossible(Exception):
    """The request is no longer in a status that allows this; the text is for the person on screen."""

    def __init__(self, demande: Demande, transition: Transition) -> None:
        super().__init__(
            f"La demande {demande.reference} est maintenant « {Statut(demande.statut).label} ». "
            f"L'action « {transition.libelle} » n'est plus possible. Rechargez la page."
        )


def transitions(demande: Demande) -> tuple[Transition, ...]:
    """The table of this request's procedure."""
    del demande
    return TRANSITIONS


def est_possible(demande: Demande, transition: Transition) -> bool:
    return transition in transitions(demande) and Statut(demande.statut) in transition.depuis


def exiger(demande: Demande, transition: Transition) -> None:
    if not est_possible(demande, transition):
        raise TransitionImpossible(demande, transition)


def transitions_possibles(demande: Demande, agent: droits.Agent) -> list[Transition]:
    """The buttons of this agent on this request, now."""
    if not droits.peut_voir(agent, demande):
        return []
    return [
        transition
        for transition in transitions(demande)
        if transition.auteur == "agent"
        and est_possible(demande, transition)
        and not (transition == PRENDRE_EN_CHARGE and _deja_en_charge(demande, agent))
    ]


def _deja_en_charge(demande: Demande, agent: droits.Agent) -> bool:
    return demande.agent_sub == agent.sub and demande.statut != Statut.REPONDUE


def apres_message_usager(demande: Demande) -> Statut:
    """A message does not put in hand what no agent has read yet; otherwise the town acts next."""
    return Statut.RECUE if demande.statut == Statut.RECUE else Statut.EN_COURS
