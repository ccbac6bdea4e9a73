"""The page of a request in words: what it is, whose turn it is, what was exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from guichet.demandes import courriels, joignable, lectures, lettres
from guichet.demandes.droits import Agent
from guichet.demandes.models import (
    Auteur,
    CanalReponse,
    Complement,
    Demande,
    Evenement,
    Lettre,
    Message,
    Nature,
    Piece,
)
from guichet.demandes.passation import est_annulable
from guichet.demarches.models import Service
from guichet.instruction import echeances, selectors, temps, versions
from guichet.instruction.echeances import Echeance
from socle.typographie import dates

PHOTOS_EN_TETE = 6
"""Pictures at the top of the page; beyond, they are links beside their question."""


@dataclass(frozen=True, slots=True)
class Echange:
    """A message as the page shows it."""

    auteur: str
    texte: str
    envoye_le: datetime
    interne: bool
    de_l_usager: bool
    pieces: Sequence[Piece]

    @property
    def a_l_usager(self) -> bool:
        """Whether the town wrote it for the resident to read."""
        return not self.de_l_usager and not self.interne


@dataclass(frozen=True, slots=True)
class Ligne:
    """One line of the history; a letter can be printed of some."""

    evenement: Evenement
    phrase: str
    lettre: bool
    due: bool
    """A letter of it waits: it is printed with the others, and then only from here."""
    organisme: bool = False
    """What went by post to another authority can be printed again, the next day too."""


@dataclass(frozen=True, slots=True)
class Fiche:
    """The page of a request, in words."""

    etat: str
    ton: str
    resume: str
    saisie: str
    echeance: Echeance
    lieu: str
    """Where it is: the place that the form asks for, not where the person lives."""
    photos: Sequence[Piece]
    """Pictures that came with the request, to be seen before anything is read."""
    passation_annulable: bool
    """Whether the reader gave it to a colleague a moment ago, and may take it back."""
    tour: str
    consignes: Sequence[str]
    avertissements: Sequence[str]
    """What the form warned of before the request was sent."""
    attendus: Sequence[Complement]
    suivi: str
    identite: str
    """Who FranceConnect says the account is; empty where it says nothing."""
    reponse_voulue: str
    reponses: Sequence[tuple[str, str, Sequence[Piece]]]
    """Question, answer, and the files that answer it."""
    pieces: Sequence[Piece]
    """Files that answer no question of the form."""
    echanges: Sequence[Echange]
    historique: Sequence[Ligne]
    lettre: Evenement | None
    """Last act to be told by letter, for those who want paper."""
    lettres_dues: int
    """Letters of this request that wait, for the person or for another authority."""
    version: str
    autres: Sequence[selectors.Ligne]


def fiche_de(demande: Demande, agent: Agent, services: Sequence[Service]) -> Fiche:
    """Seven queries beyond the request itself: messages, pieces, history, letters, what is waited for, clock, other
    requests."""
    pieces = lectures.PIECES.toutes(demande.pk)
    reponses = list(demande.reponses(avec_contact=False))
    evenements = lectures.HISTORIQUE.toutes(demande.pk)
    for evenement in evenements:
        evenement.demande = demande
    papier = courriels.canal_de_reponse(demande) == CanalReponse.COURRIER
    ecrites = [] if demande.anonymisee_le else lectures.LETTRES.toutes(demande.pk)
    dues = [lettre for lettre in ecrites if lettre.imprimee_le is None]
    attendent = {lettre.evenement_id for lettre in dues}
    personne = {lettre.evenement_id for lettre in ecrites if lettre.pour == Lettre.Pour.USAGER}
    ailleurs = {lettre.evenement_id for lettre in ecrites if lettre.pour == Lettre.Pour.ORGANISME}
    historique = [
        Ligne(
            e,
            e.phrase(),
            lettre=(papier or e.pk in personne) and lettres.peut_s_ecrire(e),
            due=e.pk in attendent,
            organisme=e.pk in ailleurs and e.pk not in attendent,
        )
        for e in evenements
    ]
    statut = demande.statut_defini
    tour, consignes = _tour(demande, agent)
    consignes += [_injoignable(demande, evenements), _non_transmise(demande, evenements, dues)]
    autres = selectors.autres_de_la_personne(demande, services)
    return Fiche(
        etat=statut.libelle,
        ton=str(statut.couleur),
        resume=_resume(demande),
        saisie=_saisie(demande),
        echeance=echeances.en_phrase(demande),
        lieu=_lieu(demande),
        photos=[p for p in pieces if p.message_id is None and p.est_image][:PHOTOS_EN_TETE],
        passation_annulable=est_annulable(_dernier_acte(evenements), demande, agent),
        tour=tour,
        consignes=[phrase for phrase in (statut.consigne, *consignes) if phrase],
        avertissements=_avertissements(evenements),
        attendus=lectures.ATTENDUS.toutes(demande.pk),
        suivi=_suivi(demande),
        identite=_identite(demande),
        reponse_voulue=_reponse_voulue(demande),
        reponses=[
            (r.libelle, r.valeur, [p for p in pieces if p.message_id is None and p.champ == r.champ]) for r in reponses
        ],
        pieces=[p for p in pieces if p.message_id is None and p.champ not in {r.champ for r in reponses}],
        echanges=[_echange(message, agent, pieces) for message in lectures.MESSAGES.toutes(demande.pk)],
        historique=historique,
        lettre=next((ligne.evenement for ligne in historique if ligne.lettre), None),
        lettres_dues=len(dues),
        version=versions.de_historique(evenements),
        autres=[selectors.ligne_de(autre, agent) for autre in autres],
    )


def _lieu(demande: Demande) -> str:
    """The first answer that is a place; none of an anonymous request."""
    if demande.anonymisee_le:
        return ""
    lieux = (r.valeur for r in demande.reponses(avec_contact=False) if r.type == "adresse")
    return next(lieux, "")


def _dernier_acte(evenements: Sequence[Evenement]) -> Evenement | None:
    """Of a history read newest first: the last line that is not a note, nor written by itself."""
    return next((e for e in evenements if e.code not in versions.IGNORES), None)


def _resume(demande: Demande) -> str:
    canal = demande.get_canal_display()
    return (
        f"Reçue {temps.age(demande.recue_le)}, le {dates.jour_et_heure(demande.recue_le)}. "
        f"Canal : {canal[:1].lower()}{canal[1:]}. Service : {demande.service.nom}."
    )


def _avertissements(evenements: Sequence[Evenement]) -> list[str]:
    depot = next((e for e in evenements if e.code in {"recue", "saisie"}), None)
    dits = depot.donnees.get("avertissements", ()) if depot else ()
    return [
        " : ".join(filter(None, (dit.get("element"), dit.get("titre")))) + f". {dit.get('texte', '')}" for dit in dits
    ]


def _injoignable(demande: Demande, evenements: Sequence[Evenement]) -> str:
    """What to do when a mail to the resident came back; nothing once the request is over."""
    revenu = joignable.revenu(demande, evenements)
    if revenu is None or demande.nature == Nature.CLOSE:
        return ""
    if demande.adresse_postale:
        suite = "Une lettre le dit aussi, page « Lettres »."
    elif demande.telephone:
        suite = f"Appelez l’usager au {demande.telephone}."
    else:
        suite = "Prévenez l’usager autrement."
    perdue = any(not s.opposable and s.fin is None for s in demande.suspensions.all())
    delai = " Le délai de la loi court toujours : l’usager n’a pas reçu ce que vous lui demandez." if perdue else ""
    return f"{revenu.phrase()} {suite}{delai}"


def _non_transmise(demande: Demande, evenements: Sequence[Evenement], dues: Sequence[Lettre]) -> str:
    """What to do when the mail to another authority came back; nothing once its letter is printed."""
    revenue = next((e for e in evenements if e.code == "transmission_revenue"), None)
    a_poster = any(lettre.pour == Lettre.Pour.ORGANISME for lettre in dues)
    if revenue is None or demande.nature == Nature.CLOSE or not a_poster:
        return ""
    return f"{revenue.phrase()} Une lettre vous attend page « Lettres »."


def _saisie(demande: Demande) -> str:
    return f"Saisie par {demande.saisie_par_nom}." if demande.saisie_par_nom else ""


def _suivi(demande: Demande) -> str:
    if demande.anonymisee_le:
        return (
            f"Rendue anonyme le {dates.jour(demande.anonymisee_le)} : le nom, les coordonnées, les réponses, les "
            "fichiers et les messages sont effacés. Il reste les dates et les étapes."
        )
    return "Suit sa demande avec son compte." if demande.usager_id else "Suit sa demande avec un code, sans compte."


def _identite(demande: Demande) -> str:
    """Of the account that follows the request: the form may speak of somebody else."""
    verifiee = demande.usager.identite_verifiee if demande.usager and not demande.anonymisee_le else None
    if verifiee is None:
        return ""
    usage = f", nom d’usage {verifiee.nom_usage}" if verifiee.nom_usage else ""
    naissance = f", naissance : {verifiee.naissance_dite}" if verifiee.naissance else ""
    avant = verifiee.usager.identites.filter(remplacee_le__isnull=False).first()
    ancienne = f" Jusqu’au {dates.jour(verifiee.recue_le)} : {avant.nom_entier}." if avant else ""
    return f"Identité vérifiée par FranceConnect : {verifiee.prenoms} {verifiee.nom}{usage}{naissance}.{ancienne}"


def _reponse_voulue(demande: Demande) -> str:
    """How the person is told, where it is not by e-mail."""
    if demande.anonymisee_le:
        return ""
    return {
        CanalReponse.COURRIER.value: "Veut une réponse par courrier.",
        CanalReponse.TELEPHONE.value: "Veut une réponse par téléphone.",
        "": "Ne reçoit pas d’e-mail : suit sa demande sur le site.",
    }.get(courriels.canal_de_reponse(demande), "")


def _tour(demande: Demande, agent: Agent) -> tuple[str, list[str]]:
    """Whose turn it is, as a title, and what there is to know of who is in charge."""
    qui, lecteur = selectors.tour(demande, agent)
    charge = _charge(demande, agent)
    if demande.nature in _SANS_TOUR:
        titre, phrase = _SANS_TOUR[demande.nature]
        if demande.nature == Nature.CLOSE and demande.close_le:
            phrase = f"Elle est terminée le {dates.jour(demande.close_le)}."
        return titre, [phrase, charge]
    if lecteur:
        return "C’est à vous d’agir", [charge]
    if not demande.agent_sub:
        return "À prendre en charge", ["Personne ne s’en occupe encore."]
    return f"{qui} s’en occupe", []


# Where the town has nothing to do now: title, and what the workflow's own words may leave unsaid.
_SANS_TOUR: dict[str, tuple[str, str]] = {
    Nature.ATTENTE_USAGER: ("On attend l’usager", ""),
    Nature.TRANSFEREE: ("Transmise à un autre organisme", ""),
    Nature.REPONDUE: ("La réponse est envoyée", "L’usager peut encore écrire."),
    Nature.CLOSE: ("Demande close", "Elle est terminée."),
}


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
