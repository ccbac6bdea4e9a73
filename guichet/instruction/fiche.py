"""The page of a request in words: what it is, whose turn it is, what was exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from guichet.demandes import dates
from guichet.demandes.droits import Agent
from guichet.demandes.models import Auteur, Demande, Evenement, Message, Nature, Piece
from guichet.demarches.definition import Silence
from guichet.demarches.definition_workflow import NATURES_MAIRIE, NATURES_USAGER

from . import selecteurs, temps


@dataclass(frozen=True, slots=True)
class Echange:
    auteur: str
    texte: str
    envoye_le: datetime
    interne: bool
    de_l_usager: bool
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Fiche:
    etat: str
    ton: str
    resume: str
    echeance: str
    tour: str
    consigne: str
    suivi: str
    reponses: Sequence[tuple[str, str]]
    pieces: Sequence[Piece]
    echanges: Sequence[Echange]
    historique: Sequence[Evenement]


def fiche_de(demande: Demande, agent: Agent) -> Fiche:
    """Three queries beyond the request itself: messages, pieces, history."""
    pieces = list(Piece.objects.filter(demande=demande).only("demande", "message", "nom", "type_mime", "taille"))
    messages = Message.objects.filter(demande=demande)
    tour, consigne = _tour(demande, agent)
    return Fiche(
        etat=demande.statut_defini.libelle,
        ton=demande.statut_defini.couleur,
        resume=_resume(demande),
        echeance=_echeance(demande),
        tour=tour,
        consigne=consigne,
        suivi=(
            "Suit sa demande avec son compte." if demande.usager_id else "Suit sa demande avec un code, sans compte."
        ),
        reponses=[(r.libelle, r.valeur) for r in demande.reponses(avec_contact=False)],
        pieces=[piece for piece in pieces if piece.message_id is None],
        echanges=[_echange(message, agent, pieces) for message in messages],
        historique=list(Evenement.objects.filter(demande=demande).order_by("-le", "-pk")),
    )


def _resume(demande: Demande) -> str:
    canal = demande.get_canal_display()
    return (
        f"Reçue {temps.age(demande.recue_le)}, le {dates.jour_et_heure(demande.recue_le)}. "
        f"Canal : {canal[:1].lower()}{canal[1:]}. Service : {demande.service.nom}."
    )


def _echeance(demande: Demande) -> str:
    """What the town's silence will mean, and when; nothing once it has answered."""
    if demande.echeance_le is None or demande.nature in (Nature.REPONDUE, Nature.CLOSE):
        return ""
    effet = "accord" if demande.definition.delai.silence is Silence.ACCORD else "refus"
    return f"Sans réponse le {dates.jour(demande.echeance_le)}, le silence vaut {effet}."


def _tour(demande: Demande, agent: Agent) -> tuple[str, str]:
    """Whose turn it is, as a title, and one sentence on what to do."""
    qui, lecteur = selecteurs.tour(demande, agent)
    charge = _charge(demande, agent)
    if demande.nature == Nature.CLOSE:
        fin = f" le {dates.jour(demande.close_le)}" if demande.close_le else ""
        return "Demande close", f"Elle est terminée{fin}. {charge}".strip()
    if demande.nature in NATURES_USAGER:
        return "On attend l’usager", f"Il doit répondre à une question. {charge}".strip()
    if demande.nature not in NATURES_MAIRIE:
        return "La réponse est envoyée", f"L’usager peut encore écrire. {charge}".strip()
    if lecteur:
        return "C’est à vous d’agir", charge
    if not demande.agent_sub:
        return "À prendre en charge", "Personne ne s’en occupe encore."
    return f"{qui} s’en occupe", ""


def _charge(demande: Demande, agent: Agent) -> str:
    if not demande.agent_sub:
        return ""
    if demande.agent_sub == agent.sub:
        return "Vous êtes en charge de cette demande."
    return f"En charge : {demande.agent_nom}."


def _echange(message: Message, agent: Agent, pieces: Sequence[Piece]) -> Echange:
    de_l_usager = message.auteur_type == Auteur.USAGER
    if message.auteur_type == Auteur.AGENT and message.auteur_cle == agent.sub:
        auteur = "Vous"
    else:
        auteur = message.auteur_nom or ("L’usager" if de_l_usager else "La mairie")
    return Echange(
        auteur=auteur,
        texte=message.texte,
        envoye_le=message.envoye_le,
        interne=message.interne,
        de_l_usager=de_l_usager,
        pieces=[piece for piece in pieces if piece.message_id == message.pk],
    )
