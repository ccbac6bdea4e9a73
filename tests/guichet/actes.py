"""Agents' acts by their everyday names, and the statuses that every shipped workflow has: for tests only.

The application knows neither: it reads both from the request's workflow.
"""

from __future__ import annotations

from enum import StrEnum

from guichet.demandes import services
from guichet.demandes.droits import Agent
from guichet.demandes.models import Demande, Message
from guichet.demandes.services import Saisie


class Statut(StrEnum):
    RECUE = "recue"
    EN_COURS = "en_cours"
    ATTENTE_USAGER = "attente_usager"
    REPONDUE = "repondue"
    CLOSE = "close"


def prendre_en_charge(demande: Demande, agent: Agent) -> None:
    services.executer(demande, agent, "prendre_en_charge")


def repondre(demande: Demande, agent: Agent, texte: str) -> Message:
    return _ecrire(demande, agent, "repondre", texte)


def demander_complement(demande: Demande, agent: Agent, texte: str) -> Message:
    return _ecrire(demande, agent, "demander_complement", texte)


def noter(demande: Demande, agent: Agent, texte: str) -> Message:
    return _ecrire(demande, agent, "noter", texte)


def clore(demande: Demande, agent: Agent, texte: str = "") -> Message | None:
    if texte.strip():
        return _ecrire(demande, agent, "clore", texte)
    services.executer(demande, agent, "clore")
    return None


def _ecrire(demande: Demande, agent: Agent, code: str, texte: str) -> Message:
    evenement = services.executer(demande, agent, code, Saisie(texte=texte))
    return Message.objects.get(pk=evenement.donnees["message"])
