"""A request given to a colleague of the same service: who is told, and how it is taken back.

No act of the workflow: nothing changes for the resident, but the name of who follows the request.
"""

from __future__ import annotations

from django.db import transaction

from guichet.demandes import courriels, droits, workflow
from guichet.demandes.actes import Qui, SaisieRefusee, ecrire_evenement, ecrire_message, verrouiller
from guichet.demandes.droits import Agent
from guichet.demandes.models import Demande, Evenement, Nature
from guichet.demandes.phrases import SANS_EFFET

SANS_CHARGE = (Nature.CLOSE, Nature.TRANSFEREE)
"""Natures of requests that nobody has to follow any more."""

_COLONNES = ("agent_sub", "agent_nom", "modifiee_le")
_SANS_EFFET = SANS_EFFET | {"note"}


def peut_confier(demande: Demande, agent: Agent) -> bool:
    """Whether this agent may give this request to somebody now."""
    return demande.anonymisee_le is None and demande.nature not in SANS_CHARGE and droits.peut_voir(agent, demande)


def confier(demande: Demande, agent: Agent, collegue: Agent, *, courriel: str = "", mot: str = "") -> Evenement:
    """Put ``collegue`` in charge, and tell them at ``courriel``; nobody writes to an empty address, or to oneself.
    ``mot``: a note to them, which agents alone read.

    Raises droits.AccesRefuse for an agent of another service, workflow.TransitionImpossible where nobody has to follow
    the request any more, SaisieRefusee for a colleague who cannot read it or is in charge of it already.
    """
    with transaction.atomic():
        verrouiller(demande)
        droits.exiger_agent(agent, demande)
        if not peut_confier(demande, agent):
            raise workflow.TransitionImpossible(demande, "Confier à un collègue")
        if not droits.peut_voir(collegue, demande):
            raise SaisieRefusee(f"Choisissez une personne du service « {demande.service.nom} ».")
        if collegue.sub == demande.agent_sub:
            raise SaisieRefusee(f"{collegue.nom} est déjà en charge de cette demande.")
        avant = [demande.agent_sub, demande.agent_nom]
        _mettre_en_charge(demande, collegue.sub, collegue.nom)
        qui = Qui.agent(agent)
        if mot.strip():
            ecrire_message(demande, qui, mot, interne=True)
        donnees = {"a": collegue.nom, "a_cle": collegue.sub, "agent_avant": avant}
        evenement = ecrire_evenement(demande, "confiee", qui, donnees=donnees, visible_usager=False)
        if collegue.sub != agent.sub:
            courriels.programmer(evenement, _pli(demande, "confiee", courriel, agent, collegue.nom))
        return evenement


def passation_annulable(demande: Demande, agent: Agent) -> Evenement | None:
    """The gift that this agent may take back: the last thing that was done, by them. One query."""
    faits = Evenement.objects.filter(demande=demande).exclude(code__in=_SANS_EFFET)
    dernier = faits.order_by("-le", "-pk").first()
    return dernier if est_annulable(dernier, demande, agent) else None


def est_annulable(dernier: Evenement | None, demande: Demande, agent: Agent) -> bool:
    """Whether a history whose last act is this one ends with a gift that the agent may take back."""
    return (
        dernier is not None
        and dernier.code == "confiee"
        and dernier.auteur_cle == agent.sub
        and dernier.donnees.get("a_cle") == demande.agent_sub
        and peut_confier(demande, agent)
    )


def annuler_passation(demande: Demande, agent: Agent, *, courriel: str = "") -> Evenement:
    """Take it back: the request is again in the hands, or in nobody's, that it was in; the colleague is told at
    ``courriel``.

    Raises workflow.TransitionImpossible once something was done since.
    """
    with transaction.atomic():
        verrouiller(demande)
        confiee = passation_annulable(demande, agent)
        if confiee is None:
            raise workflow.TransitionImpossible(demande, "Reprendre la demande")
        _mettre_en_charge(demande, *confiee.donnees["agent_avant"])
        nom = confiee.donnees["a"]
        evenement = ecrire_evenement(
            demande, "confiee_annulee", Qui.agent(agent), donnees={"a": nom}, visible_usager=False
        )
        if confiee.donnees["a_cle"] != agent.sub:
            pli = _pli(demande, "confiee_reprise", courriel, agent, nom)
            courriels.programmer(evenement, pli)
        return evenement


def _mettre_en_charge(demande: Demande, sub: str, nom: str) -> None:
    demande.agent_sub, demande.agent_nom = sub, nom
    demande.save(update_fields=_COLONNES)


def _pli(demande: Demande, genre: str, courriel: str, agent: Agent, collegue: str) -> courriels.Pli:
    return courriels.Pli(demande, genre, courriel, {"par": agent.nom, "collegue": collegue})
