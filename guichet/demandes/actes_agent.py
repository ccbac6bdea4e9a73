"""What agents do to a request. One function for every button: the workflow tells them apart by their effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from guichet.demandes import auteur, courriels, decisions, droits, phrases, workflow
from guichet.demandes.actes import (
    SANS_TEXTE,
    Qui,
    SaisieRefusee,
    TexteManquant,
    appliquer,
    ecrire_message,
    exiger_possible,
    exiger_texte,
    joindre,
    prevue,
    revenir,
    verrouiller,
)
from guichet.demandes.droits import Agent
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Auteur, Complement, Demande, Evenement, Message, Suspension, Transfert
from guichet.demandes.phrases import SANS_EFFET
from guichet.demarches.definition_workflow import Acteur, Effet, TransitionDefinie
from guichet.demarches.models import Service
from socle.envois.genres import Ecrit
from socle.typographie import dates

DELAI_COMPLEMENT = timedelta(days=30)
"""Time given to produce what is asked, where the agent sets none."""


@dataclass(frozen=True)
class Autorite:
    """To whom a request is passed on, outside the town."""

    nom: str
    adresse: str = ""
    courriel: str = ""


@dataclass(frozen=True)
class DemandeDePiece:
    """A document that the agent asks for: its name as the resident reads it, and why or in what form it is wanted."""

    libelle: str
    explication: str = ""
    champ: str = ""
    """Field of the form that this piece answers, where there is one."""


@dataclass(frozen=True)
class Saisie:
    """What the agent typed and chose with an act."""

    texte: str = ""
    motif: str = ""
    service: str = ""
    """Slug of the service that takes the request over."""
    autorite: Autorite | None = None
    pieces: tuple[DemandeDePiece, ...] = ()
    corrections: tuple[str, ...] = ()
    """Names of the fields to correct."""
    limite: date | None = None
    """Last day to give what is asked."""
    fichiers: tuple[Fichier, ...] = ()
    """Clean files (see fichiers.py) that go with the message or the decision."""
    qualite: str = ""
    """What the agent is in the town, where the directory does not say it."""


RIEN = Saisie()

QUALITE_MANQUE = "Écrivez votre fonction à la mairie, par exemple « responsable de la voirie » : la décision la dit."


@dataclass
class _Acte:
    """An act under way."""

    demande: Demande
    agent: Agent
    transition: TransitionDefinie
    saisie: Saisie
    donnees: dict[str, Any] = field(default_factory=dict)
    code: str = ""


def executer(demande: Demande, agent: Agent, code: str, saisie: Saisie = RIEN) -> Evenement:
    """Do what a button says, in one transaction with the row held; returns the line of history.

    Raises workflow.TransitionImpossible when ``code`` is no act of agents or the status does not allow it,
    droits.AccesRefuse when the agent may not, SaisieRefusee (TexteManquant for a text) when what was typed does not do.
    """
    with transaction.atomic():
        verrouiller(demande)
        droits.exiger_agent(agent, demande)
        transition = workflow.de(demande).transition(code)
        if transition is None or transition.par is not Acteur.AGENT:
            raise workflow.TransitionImpossible(demande, transition.libelle if transition else code)
        exiger_possible(demande, transition)
        droits.exiger_transition(agent, transition)
        decisions.exiger_coherente(demande, transition.effet)
        acte = _Acte(demande, agent, transition, _nettoyee(transition, saisie))
        acte.donnees |= auteur.mentions(_qualite(acte), demande)
        _prendre_si_libre(acte)
        if effet := _EFFETS.get(transition.effet):
            effet(acte)
        message = _message(acte)
        if acte.saisie.motif:
            acte.donnees["motif"] = acte.saisie.motif
        return appliquer(demande, transition, Qui.agent(agent), message=message, donnees=acte.donnees, code=acte.code)


def transmission_annulable(demande: Demande, agent: Agent) -> Evenement | None:
    """The transfer to another service that this agent's service may still take back: the last thing that was done,
    and nobody there has taken the request."""
    if demande.agent_sub or demande.anonymisee_le:
        return None
    faits = Evenement.objects.filter(demande=demande).exclude(code__in=SANS_EFFET)
    dernier = faits.order_by("-le", "-pk").first()
    if dernier is None or dernier.code != "transfert_service":
        return None
    avant = Service.objects.filter(pk=dernier.donnees.get("service_avant")).first()
    return dernier if avant is not None and avant.groupe in agent.groupes else None


def annuler_transmission(demande: Demande, agent: Agent) -> Evenement:
    """Take a transfer back: the request is again with the service that had it, where it was, in the same hands.

    Raises workflow.TransitionImpossible once somebody there has acted, or for an agent of another service.
    """
    with transaction.atomic():
        verrouiller(demande)
        transmission = transmission_annulable(demande, agent)
        if transmission is None or workflow.de(demande).statut(str(transmission.donnees.get("de", ""))) is None:
            raise workflow.TransitionImpossible(demande, "Annuler la transmission")
        quitte = demande.service
        demande.service = Service.objects.get(pk=transmission.donnees["service_avant"])
        demande.agent_sub, demande.agent_nom = transmission.donnees["agent_avant"]
        vers = demande.service.nom
        Transfert.objects.create(demande=demande, de=quitte.nom, vers=vers, autorite=False, par_nom=agent.nom)
        return revenir(
            demande,
            transmission,
            "transfert_annule",
            Qui.agent(agent),
            donnees={"origine": quitte.nom, "destination": vers},
            aussi=[courriels.pour_service(demande, "transmission_reprise", quitte)],
        )


def prevoir(demande: Demande, agent: Agent, transition: TransitionDefinie) -> Ecrit:
    """The mail that this act would send to the resident, where its words hang on nothing that the agent chooses:
    two reads, nothing is written. ``essayer`` is for the other acts.
    """
    prevu = Evenement(
        demande=demande,
        code=phrases.code_de(transition.effet, Auteur.AGENT),
        auteur_type=Auteur.AGENT,
        auteur_nom=agent.nom,
        donnees={"transition": transition.code, **auteur.mentions(agent.qualite, demande)},
    )
    return courriels.apercu(prevue(demande, transition), courriels.genre_usager(transition, prevu), prevu)


class _Essai(Exception):
    """Ends a trial: everything it did is undone."""


def essayer(demande: Demande, agent: Agent, code: str, saisie: Saisie = RIEN) -> Ecrit | None:
    """The mail that the resident would get, written from the very act, of which nothing stays; None where none leaves.

    Raises what ``executer`` raises. ``demande`` is left as it was.
    """
    ecrit: Ecrit | None = None
    try:
        with transaction.atomic():
            copie = Demande.objects.pour_page().get(pk=demande.pk)
            ecrit = courriels.ecrit_pour_usager(executer(copie, agent, code, saisie))
            raise _Essai
    except _Essai:
        return ecrit


def porte_des_documents(transition: TransitionDefinie) -> bool:
    """Whether documents may go with this act: the resident is told of it, in words."""
    return transition.previent_usager and transition.texte != "aucun"


def _nettoyee(transition: TransitionDefinie, saisie: Saisie) -> Saisie:
    """What was typed, without what this transition does not ask for."""
    texte = saisie.texte.strip()
    if transition.texte == "aucun":
        texte = ""
    exiger_texte(transition, texte)
    if saisie.fichiers and not porte_des_documents(transition):
        raise SaisieRefusee("Aucun document ne peut être joint à cette action.")
    motif = saisie.motif.strip() if transition.motifs else ""
    if transition.motifs and motif not in transition.motifs:
        raise SaisieRefusee("Choisissez un motif dans la liste.")
    return replace(saisie, texte=texte, motif=motif, qualite=" ".join(saisie.qualite.split()))


def _qualite(acte: _Acte) -> str:
    """What the author of the act is in the town. Raises SaisieRefusee for a decision that could not say it."""
    qualite = acte.agent.qualite or acte.saisie.qualite
    if acte.transition.effet.decide and not qualite:
        raise SaisieRefusee(QUALITE_MANQUE)
    return qualite


def _prendre_si_libre(acte: _Acte) -> None:
    """Whoever acts first on a request is in charge of it."""
    demande, agent = acte.demande, acte.agent
    if workflow.met_au_nom(demande, acte.transition):
        demande.agent_sub, demande.agent_nom = agent.sub, agent.nom


def _message(acte: _Acte) -> Message | None:
    """The text as the resident reads it, or as a note where nobody tells them."""
    motif, texte = acte.saisie.motif, acte.saisie.texte
    entier = "\n\n".join(filter(None, (f"Motif : {motif}." if motif else "", texte)))
    if not entier and not acte.saisie.fichiers:
        return None
    interne = acte.transition.interne or not acte.transition.previent_usager
    message = ecrire_message(acte.demande, Qui.agent(acte.agent), entier or SANS_TEXTE, interne=interne)
    if acte.saisie.fichiers:
        joindre(acte.demande, acte.saisie.fichiers, message=message)
        acte.donnees["documents"] = [fichier.nom for fichier in acte.saisie.fichiers]
    return message


# --- Effects --------------------------------------------------------------------------------------


def _prendre_en_charge(acte: _Acte) -> None:
    acte.demande.agent_sub, acte.demande.agent_nom = acte.agent.sub, acte.agent.nom


def _demander(acte: _Acte) -> None:
    """Ask for pieces, for corrections of fields, or a question; the clock waits for the first two."""
    saisie, demande = acte.saisie, acte.demande
    aujourdhui = timezone.localdate()
    if saisie.limite is not None and saisie.limite <= aujourdhui:
        raise SaisieRefusee("La date limite doit être dans l'avenir.")
    voulus = [
        Complement(genre=Complement.Genre.PIECE, champ=p.champ, libelle=p.libelle.strip(), explication=p.explication)
        for p in saisie.pieces
        if p.libelle.strip()
    ]
    for nom in saisie.corrections:
        champ = demande.definition.champ(nom)
        if champ is None:
            raise SaisieRefusee(f"Le champ « {nom} » n'existe pas dans cette démarche.")
        voulus.append(Complement(genre=Complement.Genre.CORRECTION, champ=nom, libelle=champ.libelle))
    suspend = bool(voulus)
    if not voulus and not saisie.texte:
        raise TexteManquant("Écrivez votre message, ou dites quelle pièce ou quelle correction vous demandez.")
    if not voulus:
        voulus = [Complement(genre=Complement.Genre.QUESTION, libelle="Votre réponse", explication=saisie.texte)]
    limite = saisie.limite or (aujourdhui + DELAI_COMPLEMENT if suspend else None)
    for complement in voulus:
        complement.demande, complement.limite_le = demande, limite
    Complement.objects.bulk_create(voulus)
    if suspend:
        Suspension.objects.create(demande=demande, debut=aujourdhui, limite=limite)
        acte.code = "pieces_demandees"
        acte.donnees["demandes"] = ", ".join(f"« {complement.libelle} »" for complement in voulus)
    if limite:
        acte.donnees["limite"] = dates.jour(limite)
    acte.donnees["complements"] = [complement.pk for complement in voulus]


def _transferer_service(acte: _Acte) -> None:
    demande = acte.demande
    nouveau = Service.objects.filter(pk=acte.saisie.service).first()
    if nouveau is None:
        raise SaisieRefusee("Choisissez le service à qui vous transmettez la demande.")
    if nouveau.pk == demande.service_id:
        raise SaisieRefusee(f"La demande est déjà suivie par le service « {nouveau.nom} ».")
    _transferer(acte, nouveau.nom, autorite=False)
    acte.donnees |= {"service_avant": demande.service_id, "agent_avant": [demande.agent_sub, demande.agent_nom]}
    demande.service = nouveau
    demande.agent_sub = demande.agent_nom = ""


def _transferer_autorite(acte: _Acte) -> None:
    autorite = acte.saisie.autorite
    if autorite is None or not autorite.nom.strip():
        raise SaisieRefusee("Écrivez le nom de l'organisme à qui vous transmettez la demande.")
    if not autorite.courriel.strip() and not autorite.adresse.strip():
        # L.114-2: it is passed on, which nobody can do without knowing where to.
        raise SaisieRefusee("Écrivez l'adresse e-mail ou l'adresse postale de l'organisme : la demande y part.")
    _transferer(acte, autorite.nom.strip(), autorite=True)
    acte.demande.autorite = autorite.nom.strip()
    acte.donnees |= {"adresse": autorite.adresse.strip(), "courriel": autorite.courriel.strip()}


def _transferer(acte: _Acte, vers: str, *, autorite: bool) -> None:
    origine = acte.demande.service.nom
    Transfert.objects.create(demande=acte.demande, de=origine, vers=vers, autorite=autorite, par_nom=acte.agent.nom)
    acte.donnees |= {"origine": origine, "destination": vers}


_EFFETS: dict[Effet, Callable[[_Acte], None]] = {
    Effet.PRENDRE_EN_CHARGE: _prendre_en_charge,
    Effet.DEMANDER: _demander,
    Effet.TRANSFERER_SERVICE: _transferer_service,
    Effet.TRANSFERER_AUTORITE: _transferer_autorite,
}
