"""Buttons of a request's page: the workflow says which exist now, this module says them in words.

Wording is looked up by the transition's code; a transition that brings no words of its own is said from what
the workflow tells of it (its label, the status it leads to, whether the resident is told).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from guichet.demandes import courriels, services, workflow
from guichet.demandes.droits import Agent
from guichet.demandes.models import Courriel, Demande, Evenement, Message
from guichet.demandes.workflow import Transition
from guichet.demarches.definition_workflow import Acteur, Effet

DOUBLE_ENVOI = timedelta(minutes=10)


@dataclass(frozen=True)
class Mots:
    """What the page says of an action, before (title, help), on the button, and once done."""

    titre: str
    bouton: str
    fait: str
    libelle: str = "Votre texte"
    aide: str = ""
    oubli: str = "Écrivez votre texte."


MOTS = {
    "prendre_en_charge": Mots(
        titre="Prendre la demande en charge",
        bouton="Prendre en charge",
        fait="Vous êtes maintenant en charge de cette demande.",
    ),
    "repondre": Mots(
        titre="Répondre à l’usager",
        bouton="Envoyer la réponse",
        fait="Votre réponse est envoyée.",
        libelle="Votre réponse",
        oubli="Écrivez votre réponse.",
    ),
    "demander_complement": Mots(
        titre="Poser une question à l’usager",
        bouton="Envoyer la question",
        fait="Votre question est envoyée. La demande attend maintenant l’usager.",
        libelle="Votre question",
        aide="Dites ce qu’il manque et comment l’envoyer.",
        oubli="Écrivez votre question.",
    ),
    "clore": Mots(
        titre="Clore la demande",
        bouton="Clore la demande",
        fait="La demande est close.",
        libelle="Votre dernier message à l’usager",
        aide="Dites ce qui a été fait.",
        oubli="Écrivez votre message.",
    ),
    "noter": Mots(
        titre="Ajouter une note interne",
        bouton="Ajouter la note",
        fait="La note est ajoutée. L’usager ne la voit pas.",
        libelle="Votre note",
        oubli="Écrivez votre note.",
    ),
}

_EXECUTEURS: dict[str, Callable[[Demande, Agent, str], object]] = {
    "prendre_en_charge": lambda demande, agent, _texte: services.prendre_en_charge(demande, agent),
    "repondre": services.repondre,
    "demander_complement": services.demander_complement,
    "clore": services.clore,
    "noter": services.noter,
}

# Code of the history line that each action writes: how a form sent twice is recognised.
_EVENEMENTS = {
    "prendre_en_charge": "prise_en_charge",
    "repondre": "reponse",
    "demander_complement": "complement_demande",
    "clore": "close",
    "noter": "note",
}


@dataclass(frozen=True)
class Apercu:
    """The mail that an action will send, as the resident will read it."""

    sujet: str
    corps: str


@dataclass(frozen=True)
class Action:
    transition: Transition
    mots: Mots

    @property
    def code(self) -> str:
        return self.transition.code

    @property
    def chemin(self) -> str:
        """Last part of the action's address."""
        return self.code.replace("_", "-")

    @property
    def libelle(self) -> str:
        """Text of the button on the request's page."""
        return self.transition.libelle

    @property
    def directe(self) -> bool:
        """Nothing to write and nobody to tell: the button acts at once."""
        return self.transition.texte == "aucun" and not self.transition.previent_usager

    @property
    def interne(self) -> bool:
        return self.transition.interne

    @property
    def texte_obligatoire(self) -> bool:
        return self.transition.texte == "obligatoire" or self.transition.effet is Effet.DEMANDER

    @property
    def avec_texte(self) -> bool:
        return self.transition.texte != "aucun"

    @property
    def previent_usager(self) -> bool:
        return self.transition.previent_usager

    @property
    def en_lot(self) -> bool:
        """Asks for no more than a text: may be done to several requests at once."""
        return True

    @classmethod
    def de_code(cls, demande: Demande, code: str) -> Action | None:
        """The action of this name in the request's workflow, possible now or not."""
        return action_du_chemin(demande, code.replace("_", "-"))

    def suites_communes(self, demandes: Sequence[Demande]) -> list[str]:
        """What will change on each, where it is the same for all."""
        phrases = []
        arrivees = {s.code: s for d in demandes if (s := d.workflow.statut(self.transition.vers or d.statut))}
        if self.transition.vers is not None and len(arrivees) == 1:
            phrases.append(f"Elles passent à l’état « {next(iter(arrivees.values())).libelle} ».")
        if any(statut.est_close for statut in arrivees.values()) and not self.interne:
            phrases.append("Plus personne ne pourra y écrire : ni l’usager, ni le service.")
        elif any(not demande.agent_sub for demande in demandes):
            phrases.append("Vous devenez la personne en charge de celles qui n’en ont pas.")
        return phrases

    def consequences(self, demande: Demande) -> list[str]:
        """What will happen and who is told, before the agent confirms."""
        phrases = []
        if self.interne:
            phrases.append("Seuls les agents du service lisent cette note. L’usager ne la voit pas.")
        elif self.transition.previent_usager:
            phrases.append(
                f"L’usager reçoit un e-mail à l’adresse {demande.courriel}, avec un lien vers sa demande."
                if demande.courriel
                else "L’usager n’a pas laissé d’e-mail : il lira votre message en suivant sa demande"
                f"{f', ou prévenez-le au {demande.telephone}' if demande.telephone else ''}."
            )
        else:
            phrases.append("L’usager voit que sa demande est suivie. Aucun e-mail n’est envoyé.")
        vers = demande.workflow.statut(self.transition.vers or demande.statut)
        if vers is not None and vers.code != demande.statut:
            phrases.append(f"La demande passe à l’état « {vers.libelle} ».")
        if vers is not None and vers.est_close and not self.interne:
            phrases.append("Plus personne ne pourra y écrire : ni l’usager, ni le service.")
        elif not demande.agent_sub and not self.interne:
            phrases.append("Vous en devenez la personne en charge.")
        if self.code == "prendre_en_charge" and demande.agent_sub:
            phrases.append(f"Vous remplacez {demande.agent_nom}.")
        return phrases

    def apercu(self, demande: Demande) -> Apercu | None:
        """The mail itself, written by what will write it; None where none leaves."""
        genre = _EVENEMENTS[self.code]
        if not self.transition.previent_usager or not demande.courriel or genre not in courriels.GENRES:
            return None
        mail = courriels.composer(Courriel(genre=genre, demande=demande, destinataire=demande.courriel))
        return Apercu(str(mail.subject), str(mail.body))

    def executer(self, demande: Demande, agent: Agent, texte: str) -> None:
        _EXECUTEURS[self.code](demande, agent, texte)

    def deja_faite(self, demande: Demande, agent: Agent, texte: str) -> bool:
        """Whether the last thing that happened is this very act: same agent, same words, a moment ago."""
        dernier = Evenement.objects.filter(demande=demande).order_by("-le", "-pk").first()
        if (
            dernier is None
            or dernier.code != _EVENEMENTS[self.code]
            or dernier.auteur_cle != agent.sub
            or dernier.le < timezone.now() - DOUBLE_ENVOI
        ):
            return False
        if not texte:
            return True
        message = Message.objects.filter(demande=demande).order_by("-envoye_le", "-pk").first()
        return message is not None and message.auteur_cle == agent.sub and message.texte == texte


def _action(transition: Transition) -> Action:
    mots = MOTS.get(transition.code) or Mots(titre=transition.libelle, bouton=transition.libelle, fait="C’est fait.")
    return Action(transition, mots)


def actions_possibles(demande: Demande, agent: Agent) -> list[Action]:
    return [
        _action(transition)
        for transition in workflow.transitions_possibles(demande, agent)
        if transition.code in _EXECUTEURS
    ]


def action_du_chemin(demande: Demande, chemin: str) -> Action | None:
    """The action of an address, possible now or not; None where the request knows no such action."""
    for transition in workflow.transitions(demande):
        if transition.par is Acteur.AGENT and transition.code in _EXECUTEURS:
            action = _action(transition)
            if action.chemin == chemin:
                return action
    return None
