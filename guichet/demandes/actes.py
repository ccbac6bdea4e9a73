"""What every act shares: hold the request, change its status, set its clock, write history and messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demandes import courriels, phrases, workflow
from guichet.demandes.droits import Agent, Demandeur
from guichet.demandes.fichiers import Fichier
from guichet.demandes.horloges import regler_horloge
from guichet.demandes.models import (
    Auteur,
    Complement,
    Demande,
    Evenement,
    FichierJoint,
    Message,
    Nature,
    Piece,
    Suspension,
)
from guichet.demarches.definition import Definition
from guichet.demarches.definition_workflow import Effet, StatutDefini, TransitionDefinie
from guichet.demarches.definition_workflow import Nature as NatureDefinie

SANS_TEXTE = "Document joint."
"""Words of a message that is only files."""


UN_MOMENT = timedelta(minutes=1)
"""What an act did was done at most this long before its line of history was written."""


class SaisieRefusee(ValueError):
    """What was typed does not suit the act; the text says what to mend."""


class TexteManquant(SaisieRefusee):
    """The act needs a text and none was given."""


@dataclass(frozen=True)
class Qui:
    """Who acts, as history keeps it."""

    type: Auteur
    cle: str = ""
    nom: str = ""

    @classmethod
    def agent(cls, agent: Agent) -> Qui:
        """An agent, by the identifier and the name that the directory gives."""
        return cls(Auteur.AGENT, agent.sub, agent.nom)

    @classmethod
    def demandeur(cls, par: Demandeur, demande: Demande) -> Qui:
        """The resident: their account's key (empty without account), the account's name or the one on the form."""
        return cls(Auteur.USAGER, par.cle, par.nom or demande.nom)


LE_SYSTEME = Qui(Auteur.SYSTEME)


def verrouiller(demande: Demande) -> None:
    """Hold the row until the end of the transaction and read again what others may have changed.

    Raises Demande.DoesNotExist when it is gone, and Django's TransactionManagementError outside a transaction.
    """
    fraiche = Demande.objects.select_for_update(of=("self",)).select_related("service").get(pk=demande.pk)
    for champ in Demande._meta.concrete_fields:
        setattr(demande, champ.attname, getattr(fraiche, champ.attname))
    demande.service = fraiche.service


def exiger_possible(demande: Demande, transition: TransitionDefinie) -> None:
    """Raises workflow.TransitionImpossible when the present status does not allow the transition."""
    if not workflow.est_possible(demande, transition):
        raise workflow.TransitionImpossible(demande, transition.libelle)


def exiger_texte(transition: TransitionDefinie, texte: str) -> None:
    """Raises TexteManquant when the transition needs a text and this one is blank."""
    if transition.texte == "obligatoire" and not texte.strip():
        raise TexteManquant("Écrivez votre message.")


def appliquer(
    demande: Demande,
    transition: TransitionDefinie,
    qui: Qui,
    *,
    message: Message | None = None,
    donnees: Mapping[str, Any] | None = None,
    code: str = "",
    reste_en_place: bool = False,
) -> Evenement:
    """Change the status, set the clock, write the line of history, queue the mails. The row is held already.

    ``reste_en_place`` leaves the status alone; ``code`` and ``donnees`` are the history's, where the effect's own
    sentence does not do. Nothing is checked here: exiger_possible and droits come first.
    """
    avant, attendait = demande.statut, workflow.statut_de(demande).nature is NatureDefinie.ATTENTE_USAGER
    if not reste_en_place:
        _passer_a(demande, transition)
    renonce = attendait and demande.nature != Nature.ATTENTE_USAGER and transition.effet is not Effet.FOURNIR
    if renonce:
        _renoncer(demande)
    if renonce or transition.effet not in _SANS_HORLOGE:
        regler_horloge(demande)
    demande.save(update_fields=_COLONNES_DES_ACTES)
    statut = workflow.statut_de(demande)
    evenement = ecrire_evenement(
        demande,
        code or phrases.code_de(transition.effet, qui.type),
        qui,
        donnees={
            "transition": transition.code,
            "libelle": transition.libelle,
            "de": avant,
            "vers": demande.statut,
            "statut": statut.libelle,
            "statut_usager": statut.usager.libelle,
            **({"message": message.pk} if message else {}),
            **(donnees or {}),
        },
        visible_usager=not transition.interne,
    )
    evenement.courriel_retenu = bool(courriels.de_transition(demande, transition, evenement))
    return evenement


def revenir(
    demande: Demande,
    defait: Evenement,
    code: str,
    qui: Qui,
    *,
    donnees: Mapping[str, Any] | None = None,
    aussi: Sequence[courriels.Pli] = (),
    genre: str = "statut",
) -> Evenement:
    """Put the request back to where it was before ``defait``, done by mistake: with what was asked and its clock. The
    resident (by ``genre``), the service that has it and the readers of ``aussi`` are told.

    The row is held already, and the rights are checked; ``code`` is the history's. Raises KeyError when the workflow
    has no such status any more.
    """
    avant, statut = demande.statut, _statut(demande, defait.donnees["de"])
    if statut.nature is NatureDefinie.ATTENTE_USAGER:
        _attendre_de_nouveau(demande, defait)
    demande.statut, demande.nature = statut.code, statut.nature.value
    demande.statut_depuis = timezone.now()
    demande.close_le = None
    regler_horloge(demande)
    demande.save(update_fields=_COLONNES_DES_ACTES)
    evenement = ecrire_evenement(
        demande,
        code,
        qui,
        donnees={
            "de": avant,
            "vers": demande.statut,
            "statut": statut.libelle,
            "statut_usager": statut.usager.libelle,
            **(donnees or {}),
        },
    )
    courriels.programmer(
        evenement, *courriels.pour_usager(demande, genre), courriels.pour_service(demande, "statut_service"), *aussi
    )
    return evenement


def clore_abandonnee(demande: Demande) -> Evenement:
    """The person never gave what was asked: the request is over, by itself. The row is held already."""
    _renoncer(demande)
    demande.nature, demande.statut = Nature.CLOSE, next(workflow.de(demande).de_nature(NatureDefinie.CLOSE)).code
    demande.statut_depuis = demande.close_le = timezone.now()
    regler_horloge(demande)
    demande.save(update_fields=_COLONNES_DES_ACTES)
    evenement = ecrire_evenement(demande, "close_abandon", LE_SYSTEME)
    courriels.programmer(evenement, *courriels.pour_usager(demande, "close"))
    return evenement


def prevue(demande: Demande, transition: TransitionDefinie) -> Demande:
    """The request as this transition would leave it, on a copy that nobody saves: what a preview is written from."""
    copie = copy(demande)
    _passer_a(copie, transition)
    return copie


def _passer_a(demande: Demande, transition: TransitionDefinie) -> None:
    arrivee = workflow.de(demande).arrivee(transition, demande.statut)
    statut = workflow.statut_de(demande) if arrivee == demande.statut else _statut(demande, arrivee)
    maintenant = timezone.now()
    if arrivee != demande.statut or transition.effet is Effet.DEMANDER:
        demande.statut_depuis = maintenant
    demande.statut, demande.nature = arrivee, statut.nature.value
    if not statut.est_close:
        demande.close_le = None
    elif demande.close_le is None:
        demande.close_le = maintenant
    if transition.effet.decide and demande.decidee_le is None:
        demande.decidee_le = maintenant
    if issue := _ISSUES.get(transition.effet):
        demande.issue = issue


def _statut(demande: Demande, code: str) -> StatutDefini:
    return workflow.de(demande).statuts_par_code[code]


_ISSUES = {Effet.ACCEPTER: "accord", Effet.REFUSER: "refus"}
_SANS_HORLOGE = {Effet.AUCUN, Effet.PRENDRE_EN_CHARGE, Effet.ECRIRE, Effet.NOTER}
_COLONNES_DES_ACTES = (
    "statut", "nature", "statut_depuis", "service", "agent_sub", "agent_nom", "autorite", "decidee_le", "issue",
    "ressaisie_le",
    "close_le", "echeance_le", "suspendue_depuis", "donnees", "nom", "courriel", "telephone", "adresse_postale",
    "modifiee_le",
)  # fmt: skip


def _renoncer(demande: Demande) -> None:
    """The town no longer waits for what it had asked: the clock, if it stood still for that, goes on."""
    Complement.objects.filter(demande=demande).ouverts().update(leve_le=timezone.now())
    Suspension.objects.filter(demande=demande, fin=None).update(fin=timezone.localdate())


def _attendre_de_nouveau(demande: Demande, defait: Evenement) -> None:
    """What _renoncer gave up with this act is awaited again; the clock stands still if it did for one of these."""
    complements = Complement.objects.filter(demande=demande)
    complements.filter(fourni_le=None, leve_le__gte=defait.le - UN_MOMENT).update(leve_le=None)
    suspensions = Suspension.objects.filter(demande=demande)
    if suspensions.filter(fin=None).exists() or all(c.est_question for c in complements.ouverts()):
        return
    derniere = suspensions.filter(fin=timezone.localdate(defait.le)).last()
    if derniere is not None:
        suspensions.filter(pk=derniere.pk).update(fin=None)


def ecrire_message(demande: Demande, qui: Qui, texte: str, *, interne: bool = False) -> Message:
    """Add a message to the exchange; ``interne`` is for agents' eyes. The caller has checked the right."""
    return Message.objects.create(
        demande=demande,
        auteur_type=qui.type,
        auteur_cle=qui.cle,
        auteur_nom=qui.nom,
        texte=texte.strip(),
        interne=interne,
    )


def ecrire_evenement(
    demande: Demande,
    code: str,
    qui: Qui,
    *,
    donnees: Mapping[str, Any] | None = None,
    visible_usager: bool = True,
) -> Evenement:
    """Add a line to the history. ``code`` is one that phrases.py has a sentence for; ``donnees`` are its words."""
    return Evenement.objects.create(
        demande=demande,
        code=code,
        auteur_type=qui.type,
        auteur_cle=qui.cle,
        auteur_nom=qui.nom,
        donnees=dict(donnees or {}),
        visible_usager=visible_usager,
    )


def joindre(demande: Demande, fichiers: Sequence[Fichier], *, message: Message | None = None, champ: str = "") -> None:
    """Keep clean files (see fichiers.py) with the request: of a message, or answering the question named ``champ``."""
    for fichier in fichiers:
        piece = Piece(demande=demande, message=message, champ=champ)
        remplir(piece, fichier)
        piece.save()


def remplir(piece: FichierJoint, fichier: Fichier) -> None:
    """Copy a clean file into an unsaved row: name, type, size in bytes, SHA-256, and its content into the storage."""
    piece.nom, piece.type_mime = fichier.nom, fichier.type_mime
    piece.taille, piece.empreinte = fichier.taille, fichier.empreinte
    piece.fichier.save(fichier.nom, ContentFile(fichier.contenu), save=False)


def contact(definition: Definition, donnees: Mapping[str, Any], usager: Usager | None) -> dict[str, str]:
    """How to reach the person, by column of the request: what the form says first, then what the account says.

    The one source of what pages, letters, mails and lists call the person's name and addresses.
    """
    trouve = {
        "nom": usager.nom if usager else "",
        "courriel": usager.courriel if usager else "",
        "telephone": "",
        "adresse_postale": definition.adresse_postale(donnees) or (usager.adresse if usager else ""),
    }
    for champ in definition.champs():
        if champ.moyen_du_demandeur and donnees.get(champ.nom):
            trouve[champ.moyen_du_demandeur] = str(donnees[champ.nom])
    return trouve
