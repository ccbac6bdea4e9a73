"""What agents do to a request. One function for every button: the workflow tells them apart by their effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from guichet.demandes import droits, workflow
from guichet.demandes.actes import (
    Qui,
    SaisieRefusee,
    TexteManquant,
    appliquer,
    ecrire_message,
    exiger_possible,
    exiger_texte,
    verrouiller,
)
from guichet.demandes.droits import Agent
from guichet.demandes.models import Complement, Demande, Evenement, Message, Suspension, Transfert
from guichet.demarches.definition_workflow import Acteur, Effet, TransitionDefinie
from guichet.demarches.models import Service
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


RIEN = Saisie()


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
        acte = _Acte(demande, agent, transition, _nettoyee(transition, saisie))
        _prendre_si_libre(acte)
        if effet := _EFFETS.get(transition.effet):
            effet(acte)
        message = _message(acte)
        if acte.saisie.motif:
            acte.donnees["motif"] = acte.saisie.motif
        return appliquer(demande, transition, Qui.agent(agent), message=message, donnees=acte.donnees, code=acte.code)


def _nettoyee(transition: TransitionDefinie, saisie: Saisie) -> Saisie:
    """What was typed, without what this transition does not ask for."""
    texte = saisie.texte.strip()
    if transition.texte == "aucun":
        texte = ""
    exiger_texte(transition, texte)
    motif = saisie.motif.strip() if transition.motifs else ""
    if transition.motifs and motif not in transition.motifs:
        raise SaisieRefusee("Choisissez un motif dans la liste.")
    return replace(saisie, texte=texte, motif=motif)


def _prendre_si_libre(acte: _Acte) -> None:
    """Whoever acts first on a request is in charge of it."""
    demande, agent = acte.demande, acte.agent
    if workflow.met_au_nom(demande, acte.transition):
        demande.agent_sub, demande.agent_nom = agent.sub, agent.nom


def _message(acte: _Acte) -> Message | None:
    """The text as the resident reads it, or as a note where nobody tells them."""
    motif, texte = acte.saisie.motif, acte.saisie.texte
    entier = "\n\n".join(filter(None, (f"Motif : {motif}." if motif else "", texte)))
    if not entier:
        return None
    interne = acte.transition.interne or not acte.transition.previent_usager
    return ecrire_message(acte.demande, Qui.agent(acte.agent), entier, interne=interne)


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
    demande.service = nouveau
    demande.agent_sub = demande.agent_nom = ""


def _transferer_autorite(acte: _Acte) -> None:
    autorite = acte.saisie.autorite
    if autorite is None or not autorite.nom.strip():
        raise SaisieRefusee("Écrivez le nom de l'organisme à qui vous transmettez la demande.")
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
