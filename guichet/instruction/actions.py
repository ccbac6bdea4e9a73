"""Buttons of a request's page: its workflow says which exist now, this module says them in words.

What an act does is its effect; the words beside the town's own come from there, so that a transition the town
invents needs no code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from guichet.demandes import courriels, droits, reponses_types, services, workflow
from guichet.demandes.droits import Agent
from guichet.demandes.models import CanalReponse, Demande, Evenement, Message, Nature
from guichet.demandes.reponses_types import ReponseOfferte
from guichet.demarches.definition_workflow import Acteur, Effet, StatutDefini, TransitionDefinie
from guichet.instruction import versions

DOUBLE_ENVOI = timedelta(minutes=10)

# What the services refuse, in sentences for the person on screen.
REFUS = (services.SaisieRefusee, workflow.TransitionImpossible, droits.AccesRefuse)


@dataclass(frozen=True)
class Mots:
    """What the page says of an act: the confirming button, the label of the text, what is said once done."""

    fait: str = "C’est fait."
    bouton: str = ""
    """Empty: the town's own words, as on the request's page."""
    libelle: str = "Votre message à l’usager"
    aide: str = ""
    oubli: str = "Écrivez votre message."


MOTS = {
    Effet.PRENDRE_EN_CHARGE: Mots(fait="Vous êtes maintenant en charge de cette demande."),
    Effet.REPONDRE: Mots(
        fait="Votre réponse est envoyée.",
        bouton="Envoyer la réponse",
        libelle="Votre réponse",
        oubli="Écrivez votre réponse.",
    ),
    Effet.ACCEPTER: Mots(fait="La demande est acceptée.", libelle="Votre réponse", oubli="Écrivez votre réponse."),
    Effet.REFUSER: Mots(
        fait="La demande est refusée.",
        libelle="Votre réponse",
        aide="Dites pourquoi, en mots simples, et ce que la personne peut faire.",
        oubli="Écrivez votre réponse.",
    ),
    Effet.ECRIRE: Mots(fait="Votre message est envoyé.", bouton="Envoyer le message"),
    Effet.DEMANDER: Mots(
        fait="Votre question est envoyée. La demande attend maintenant l’usager.",
        bouton="Envoyer à l’usager",
        libelle="Votre question ou votre explication",
        aide="Dites ce qu’il manque et pourquoi.",
        oubli="Écrivez votre question.",
    ),
    Effet.TRANSFERER_SERVICE: Mots(
        fait="La demande est transmise à l’autre service.",
        bouton="Transmettre la demande",
        libelle="Votre message",
    ),
    Effet.TRANSFERER_AUTORITE: Mots(
        fait="La demande part à l’autre organisme : par e-mail, ou par la lettre qui vous attend page « Lettres ».",
        bouton="Transmettre la demande",
        libelle="Votre message à l’usager",
    ),
    Effet.CLORE: Mots(
        fait="La demande est close.",
        libelle="Votre dernier message à l’usager",
        aide="Dites ce qui a été fait.",
    ),
    Effet.ROUVRIR: Mots(fait="La demande est rouverte."),
    Effet.NOTER: Mots(
        fait="La note est ajoutée. L’usager ne la voit pas.",
        bouton="Ajouter la note",
        libelle="Votre note",
        oubli="Écrivez votre note.",
    ),
}
_SANS_MOTS = Mots()

_DIRECTS = (Effet.AUCUN, Effet.PRENDRE_EN_CHARGE)
_A_COTE = (
    Effet.ECRIRE,
    Effet.NOTER,
    Effet.TRANSFERER_SERVICE,
    Effet.TRANSFERER_AUTORITE,
    Effet.CLORE,
    Effet.ROUVRIR,
)
_SEULS = (Effet.DEMANDER, Effet.TRANSFERER_SERVICE, Effet.TRANSFERER_AUTORITE)


@dataclass(frozen=True)
class Apercu:
    """The mail that an action will send, as the resident will read it."""

    sujet: str
    corps: str


@dataclass(frozen=True)
class Action:
    """A transition as agents see it: its button, its words, where it leads."""

    transition: TransitionDefinie
    arrivee: StatutDefini | None
    """Status that it leads to; None where it leaves the status alone."""

    @property
    def code(self) -> str:
        """Code of the transition."""
        return self.transition.code

    @property
    def effet(self) -> Effet:
        """What the act does beside the status."""
        return self.transition.effet

    @property
    def chemin(self) -> str:
        """Last part of the action's address."""
        return self.code.replace("_", "-")

    @property
    def libelle(self) -> str:
        """Text of the button on the request's page, and title of the action's own page."""
        return self.transition.libelle

    @property
    def raccourci(self) -> str:
        """Letter of the keyboard that opens it; may be empty."""
        return self.transition.raccourci

    @property
    def mots(self) -> Mots:
        """The words of its effect; none for an effect without words of its own."""
        return MOTS.get(self.effet, _SANS_MOTS)

    @property
    def bouton(self) -> str:
        """Text of the button that confirms."""
        return self.mots.bouton or self.libelle

    @property
    def interne(self) -> bool:
        """Whether the resident never sees it in the history."""
        return self.transition.interne

    @property
    def previent_usager(self) -> bool:
        """Whether the resident is told by a message."""
        return self.transition.previent_usager

    @property
    def texte_obligatoire(self) -> bool:
        """Whether it cannot be done without a text."""
        return self.transition.texte == "obligatoire"

    @property
    def avec_texte(self) -> bool:
        """Whether it has room for a text."""
        return self.transition.texte != "aucun"

    @property
    def clot(self) -> bool:
        """Whether it ends the request."""
        return self.arrivee is not None and self.arrivee.est_close

    @property
    def directe(self) -> bool:
        """Nothing to write, nobody to tell and nothing that could not be undone: the button acts at once."""
        return (
            self.effet in _DIRECTS
            and not self.avec_texte
            and not self.transition.motifs
            and not self.previent_usager
            and not self.clot
        )

    @property
    def a_cote(self) -> bool:
        """A link beside the buttons: what one does less often, unless nothing but ending the request is left."""
        return self.effet in _A_COTE

    @property
    def en_lot(self) -> bool:
        """Asks for no more than a text or a reason: may be done to several requests at once."""
        return self.effet not in _SEULS

    @classmethod
    def de_code(cls, demande: Demande, code: str) -> Action | None:
        """The action of this name in the request's workflow, possible now or not."""
        transition = demande.workflow.transition(code)
        return _action(demande, transition) if transition is not None and transition.par is Acteur.AGENT else None

    # --- Before -------------------------------------------------------------------------------------

    def consequences(self, demande: Demande) -> list[str]:
        """What will happen and who is told, before the agent confirms."""
        if self.interne:
            return ["Seuls les agents du service lisent cette note. L’usager ne la voit pas."]
        return [
            self._usager_prevenu(demande),
            *self._suites(demande),
            *self.suites_communes([demande]),
        ]

    def _usager_prevenu(self, demande: Demande) -> str:
        if not self.previent_usager:
            return "L’usager voit l’état de sa demande en la suivant. Aucun e-mail ne lui est envoyé."
        canal = courriels.canal_de_reponse(demande)
        if canal == CanalReponse.COURRIEL:
            lettre = ""
            if self.effet in courriels.DECISIONS and courriels.veut_ses_decisions_sur_papier(demande):
                lettre = (
                    " Cette personne n’a pas accepté les décisions par e-mail seulement : une lettre vous attendra "
                    "page « Lettres »."
                )
            return f"L’usager reçoit un e-mail à l’adresse {demande.courriel}, avec un lien vers sa demande.{lettre}"
        aussi = f" Un e-mail part aussi à l’adresse {demande.courriel}." if demande.courriel else ""
        if canal == CanalReponse.COURRIER:
            return f"La personne veut une réponse par courrier : la lettre vous attendra page « Lettres ».{aussi}"
        if canal == CanalReponse.TELEPHONE:
            return f"La personne veut une réponse par téléphone : appelez-la au {demande.telephone}.{aussi}"
        autrement = f", ou prévenez-le au {demande.telephone}" if demande.telephone else ""
        return f"L’usager n’a pas laissé d’e-mail : il lira votre message en suivant sa demande{autrement}."

    def _suites(self, demande: Demande) -> list[str]:
        """What depends on the request itself."""
        phrases = []
        if self.effet is Effet.DEMANDER:
            phrases.append("Si vous demandez une pièce ou une correction, le délai de réponse attend l’usager.")
        if self.effet is Effet.TRANSFERER_SERVICE:
            phrases.append(
                "Si vous ne faites pas partie du service choisi, vous ne verrez plus la demande. Vous pourrez "
                "annuler la transmission tant que ce service ne s’en occupe pas."
            )
        if self.effet is Effet.TRANSFERER_AUTORITE:
            phrases.append(
                "La demande, avec ses réponses et ses fichiers, part à l’organisme : par e-mail si vous donnez son "
                "adresse, sinon par une lettre que vous imprimerez, page « Lettres »."
            )
            phrases.append("La mairie n’a plus à répondre : l’usager sait à qui sa demande est transmise.")
        if self.effet is Effet.PRENDRE_EN_CHARGE and demande.agent_sub:
            phrases.append(f"Vous remplacez {demande.agent_nom}.")
        return phrases

    def suites_communes(self, demandes: Sequence[Demande]) -> list[str]:
        """What will change on each, said once."""
        sujet = "La demande passe" if len(demandes) == 1 else "Elles passent"
        phrases = []
        if self.arrivee is not None and any(d.statut != self.arrivee.code for d in demandes):
            phrases.append(f"{sujet} à l’état « {self.arrivee.libelle} ».")
        if self.effet.decide and any(d.decidee_le is None for d in demandes):
            phrases.append("La mairie a répondu : le délai de la loi s’arrête.")
        if self.clot:
            phrases.append("Plus personne ne pourra y écrire : ni l’usager, ni le service.")
        elif self.effet is Effet.TRANSFERER_SERVICE:
            pass  # the other service will say who is in charge
        elif any(workflow.met_au_nom(d, self.transition) for d in demandes):
            phrases.append(
                "Vous en devenez la personne en charge."
                if len(demandes) == 1
                else "Vous devenez la personne en charge de celles qui n’en ont pas."
            )
        return phrases

    @property
    def courriel_selon_la_saisie(self) -> bool:
        """Whether the mail's words hang on what the agent chooses: it is shown once it is chosen, not before."""
        return self.effet in _SEULS or bool(self.transition.motifs)

    def ecrit_un_courriel(self, demande: Demande) -> bool:
        """Whether a mail leaves to the resident."""
        return self.previent_usager and prevenue_par_courriel(demande)

    def apercu(self, demande: Demande, agent: Agent, saisie: services.Saisie | None = None) -> Apercu | None:
        """The mail itself, as the act would send it; None where none leaves, or before what it says is chosen.

        Raises what ``executer`` raises where ``saisie`` does not do.
        """
        if not self.ecrit_un_courriel(demande) or (saisie is None and self.courriel_selon_la_saisie):
            return None
        mail = (
            services.prevoir(demande, agent, self.transition)
            if saisie is None
            else services.essayer(demande, agent, self.code, saisie)
        )
        return Apercu(mail.sujet, mail.texte) if mail is not None else None

    def modeles(self, demande: Demande, agent: Agent) -> list[ReponseOfferte]:
        """Templates of answers, filled for this request."""
        return reponses_types.offertes(demande, self.transition, agent.nom) if self.avec_texte else []

    # --- Acting -------------------------------------------------------------------------------------

    def executer(self, demande: Demande, agent: Agent, saisie: services.Saisie) -> Evenement:
        """Do it. Raises what services.executer raises: TransitionImpossible, AccesRefuse, SaisieRefusee."""
        return services.executer(demande, agent, self.code, saisie)

    def deja_faite(self, demande: Demande, agent: Agent, version: str, texte: str) -> bool:
        """Whether the last thing that happened is this very act, sent twice: same agent, same words, a moment
        ago, and from a page older than it. A note changes nothing that such a page shows: its words are enough."""
        dernier = Evenement.objects.filter(demande=demande).order_by("-le", "-pk").first()
        if (
            dernier is None
            or dernier.donnees.get("transition") != self.code
            or dernier.auteur_cle != agent.sub
            or dernier.le < timezone.now() - DOUBLE_ENVOI
            or (not self.interne and version == versions.de_evenement(dernier))
        ):
            return False
        if not texte:
            return True
        message = Message.objects.filter(pk=dernier.donnees.get("message")).first()
        return message is not None and message.texte.endswith(texte)


def prevenue_par_courriel(demande: Demande) -> bool:
    """Whether a mail tells of the answer; a letter or a call may come beside it."""
    return courriels.recoit_un_courriel(demande)


def _action(demande: Demande, transition: TransitionDefinie) -> Action:
    arrivee = demande.workflow.statut(transition.vers) if transition.vers else None
    return Action(transition, arrivee)


def actions_possibles(demande: Demande, agent: Agent) -> list[Action]:
    """What this agent may do now to this request, in the order of its workflow."""
    return [_action(demande, transition) for transition in workflow.transitions_possibles(demande, agent)]


A_LA_MAIN = 3
"""Acts shown at once; the others are one press away, behind « Autres actions »."""


def ranger(demande: Demande, actions: Sequence[Action]) -> dict[str, list[Action]]:
    """The likely acts of a request, as buttons, and the others.

    Likely: to end what is answered, then what the town's workflow names first, then what is done less often.
    """

    def rang(action: Action) -> int:
        if demande.nature == Nature.REPONDUE and action.effet in (Effet.CLORE, Effet.PRENDRE_EN_CHARGE):
            return 0 if action.effet is Effet.CLORE else 2  # to take it again would open it again
        return 2 if action.a_cote else 1

    boutons = sorted(actions, key=rang)[:A_LA_MAIN]
    return {"boutons": boutons, "liens": [action for action in actions if action not in boutons]}


def action_du_chemin(demande: Demande, chemin: str) -> Action | None:
    """The action of an address, possible now or not; None where the request knows no such action."""
    for transition in workflow.transitions(demande):
        if transition.par is Acteur.AGENT and transition.code.replace("_", "-") == chemin:
            return _action(demande, transition)
    return None
