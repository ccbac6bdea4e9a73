"""The only ways a workshop and its participants change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from consultation.ecoute.ateliers import accords, deroules, notes
from consultation.ecoute.ateliers.courriels import ecrire, joignable, objet
from consultation.ecoute.ateliers.erreurs import AtelierRefuse
from consultation.ecoute.ateliers.modeles import MODELE_PAR_DEFAUT
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.cadre import adresse
from consultation.ecoute.dossiers.services import hors_des_dates
from consultation.ecoute.journal.services import noter
from socle.envois.plafonds import PlafondAtteint
from socle.envois.services import oublier
from socle.typographie.dates import moment

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

Statut = Participant.Statut
DEMANDE_GARDEE = timedelta(days=2)


@transaction.atomic
def planifier(membre: Membre, atelier: Atelier) -> Atelier:
    """Add or change; who has a seat is told of a new date or place.

    Raises AtelierRefuse for a date outside of the participation, or fewer seats than people who hold one.
    """
    _verifier(atelier)
    ancien = Atelier.objects.filter(pk=atelier.pk).first()
    bouge = ancien is not None and any(
        getattr(ancien, nom) != getattr(atelier, nom) for nom in ("debut", "fin", "lieu", "adresse")
    )
    if bouge:
        atelier.sequence += 1
    atelier.save()
    if ancien is None:
        deroules.adapter(atelier, MODELE_PAR_DEFAUT)
    noter(membre, f"a {'modifié' if ancien else 'planifié'} l'atelier « {atelier.titre} »", atelier.dossier)
    if bouge:
        for participant in atelier.participants.filter(statut__in=[*Participant.ASSIS, Statut.ATTENTE]):
            ecrire("changement", participant)
    _promouvoir(atelier)
    return atelier


def _verifier(atelier: Atelier) -> None:
    dossier = atelier.dossier
    if hors_des_dates(dossier, atelier.debut, atelier.fin):
        bornes = " ".join(
            f"{mot} {moment(quand)}"
            for mot, quand in (("du", dossier.ouverture), ("au", dossier.fermeture))
            if quand is not None
        )
        raise AtelierRefuse(
            f"Cet atelier serait hors des dates de participation ({bornes}) : ce qui s'y dit ne pourrait pas compter. "
            "Choisissez une autre date, ou prolongez d'abord la participation."
        )
    if atelier.pk is not None and atelier.capacite < atelier.places_prises:
        raise AtelierRefuse(
            f"{atelier.places_prises} personnes ont déjà une place : gardez au moins ce nombre de places."
        )


@transaction.atomic
def annuler(membre: Membre, atelier: Atelier, motif: str) -> None:
    """Call it off; everybody concerned is told why.

    Raises AtelierRefuse without a reason, or when it is not to come any more.
    """
    if not motif.strip():
        raise AtelierRefuse("Dites pourquoi : les personnes inscrites le liront.")
    if atelier.etat != Atelier.Etat.PREVU:
        raise AtelierRefuse(f"Cet atelier est déjà {atelier.get_etat_display()}.")
    atelier.etat, atelier.motif_annulation = Atelier.Etat.ANNULE, motif.strip()
    atelier.sequence += 1
    atelier.save()
    noter(membre, f"a annulé l'atelier « {atelier.titre} » ({motif.strip()})", atelier.dossier)
    for participant in atelier.participants.exclude(statut__in=Participant.PAS_ATTENDUS):
        ecrire("annulation", participant)


@transaction.atomic
def ajouter(membre: Membre, atelier: Atelier, participants: Iterable[Participant]) -> int:
    """Put people on the list of those to invite; somebody with the same e-mail is not added twice."""
    liste = atelier.participants.exclude(courriel="")
    participants = list(participants)
    invites = {p.courriel.lower() for p in participants}
    for demande in liste.filter(statut=Statut.DEMANDE):  # what a stranger typed gives way to the team's own list
        if demande.courriel.lower() in invites:
            liberer(demande)
    deja = {c.lower() for c in liste.values_list("courriel", flat=True)}
    ajoutes = 0
    for participant in participants:
        if participant.courriel and participant.courriel.lower() in deja:
            continue
        deja.add(participant.courriel.lower())
        participant.atelier = atelier
        participant.save()
        ajoutes += 1
    noter(membre, f"a ajouté {ajoutes} personnes à l'atelier « {atelier.titre} »", atelier.dossier)
    return ajoutes


@transaction.atomic
def inviter(membre: Membre, atelier: Atelier) -> tuple[int, int]:
    """Write to those not yet invited, by mail or SMS; return how many, and how many need a letter or a call."""
    _prevu(atelier)
    attendus = list(atelier.participants.filter(statut=Statut.INVITE, invite_le=None))
    for participant in attendus:
        participant.invite_le = timezone.now()
        participant.save(update_fields=["invite_le"])
        ecrire("invitation", participant)
    ecrits = sum(map(joignable, attendus))
    noter(membre, f"a invité {len(attendus)} personnes à l'atelier « {atelier.titre} »", atelier.dossier)
    return ecrits, len(attendus) - ecrits


@transaction.atomic
def relancer(membre: Membre, atelier: Atelier) -> int:
    """Remind those who have a seat or have not answered; once a person a day at most."""
    _prevu(atelier)
    relances = 0
    for participant in atelier.participants.filter(statut__in=[Statut.INVITE, Statut.INSCRIT]):
        recente = participant.relance_le and timezone.now() - participant.relance_le < timedelta(days=1)
        if (
            recente
            or not joignable(participant)
            or (participant.statut == Statut.INVITE and participant.invite_le is None)
        ):
            continue
        participant.relance_le = timezone.now()
        participant.save(update_fields=["relance_le"])
        ecrire("rappel", participant)
        relances += 1
    noter(membre, f"a relancé {relances} personnes pour l'atelier « {atelier.titre} »", atelier.dossier)
    return relances


def _prevu(atelier: Atelier) -> None:
    if adresse.locale() and any(map(joignable, atelier.participants.all())):
        raise AtelierRefuse(adresse.a_donner())
    if atelier.etat != Atelier.Etat.PREVU:
        raise AtelierRefuse(f"Cet atelier est {atelier.get_etat_display()} : plus d'invitation.")


def _tenir(atelier: Atelier) -> Atelier:
    return Atelier.objects.select_for_update().get(pk=atelier.pk)


@transaction.atomic
def inscrire(atelier: Atelier, participant: Participant, *, par_inconnu: bool = False) -> Participant:
    """A seat if there is one, the waiting list otherwise; the person is told which.

    `par_inconnu`: from a public page; the seat is taken whatever was already written to the address, and the page alone
    says so beyond the ceiling.
    """
    if _asseoir(_ouvert(atelier), participant):
        with suppress(PlafondAtteint):
            _confirmer(participant, par_inconnu)
    return participant


def _asseoir(actuel: Atelier, participant: Participant) -> bool:
    """Whether something changed: who is already on the list stays where they are."""
    participant.atelier = actuel
    if participant.assis or participant.statut == Statut.ATTENTE:
        return False
    participant.sequence += participant.statut == Statut.DESISTE  # their calendar holds a cancellation
    participant.statut = Statut.INSCRIT if actuel.places_libres > 0 else Statut.ATTENTE
    participant.attente_le = None if participant.assis else timezone.now()
    participant.save()
    return True


def _confirmer(participant: Participant, par_inconnu: bool) -> None:
    message = "inscrit" if participant.assis else "attente"
    ecrire(message, participant, avec_agenda=participant.assis, par_inconnu=par_inconnu)


def _ouvert(atelier: Atelier) -> Atelier:
    actuel = _tenir(atelier)
    if actuel.etat != Atelier.Etat.PREVU or actuel.debut <= timezone.now():
        raise AtelierRefuse("Les inscriptions à cet atelier sont terminées.")
    return actuel


@transaction.atomic
def demander(atelier: Atelier, participant: Participant) -> bool:
    """Somebody asks for a seat on the public page: it is theirs once they say so from their mailbox or phone.

    Nothing of what is answered tells who is on the list already: who has a seat is written where they stand, who said
    no is not put back. Without any address a message can reach, the seat is kept in its turn and the team calls.
    Returns whether a message leaves. Raises PlafondAtteint, nothing changed, when the address was written to often
    enough.
    """
    actuel = _ouvert(atelier)
    meme = _meme(actuel, participant)
    if not joignable(participant):
        if meme is None and _asseoir(actuel, participant):
            participant.appel = Participant.Appel.DEMANDE
            participant.save(update_fields=["appel"])
        return False
    if meme is None:
        participant.atelier, participant.statut = actuel, Statut.DEMANDE
        participant.save()
        meme = participant
    if meme.assis or meme.statut == Statut.ATTENTE:
        _confirmer(meme, par_inconnu=True)
    else:
        ecrire("demande", meme, avec_agenda=False, par_inconnu=True)
    return True


def _meme(atelier: Atelier, participant: Participant) -> Participant | None:
    """Who is on the list with this e-mail; without one, with this phone and this name."""
    if participant.courriel:
        return atelier.participants.filter(courriel__iexact=participant.courriel).first()
    chiffres = re.sub(r"\D", "", participant.telephone)
    return next(
        (
            autre
            for autre in atelier.participants.filter(courriel="", nom__iexact=participant.nom).exclude(telephone="")
            if re.sub(r"\D", "", autre.telephone) == chiffres
        ),
        None,
    )


def oublier_demandes(maintenant: datetime | None = None) -> int:
    """Erase the requests that nobody confirmed: somebody else may have typed that address. Returns how many."""
    limite = (maintenant or timezone.now()) - DEMANDE_GARDEE
    anciennes = list(Participant.objects.filter(statut=Statut.DEMANDE, cree_le__lt=limite).select_related("atelier"))
    for participant in anciennes:
        liberer(participant)
    return len(anciennes)


@transaction.atomic
def appele(membre: Membre, participant: Participant) -> None:
    """What had to be said by phone is said."""
    if participant.appel:
        noter(
            membre, f"a appelé une personne de l'atelier « {participant.atelier.titre} »", participant.atelier.dossier
        )
    participant.appel = ""
    participant.save(update_fields=["appel"])


@transaction.atomic
def desister(participant: Participant, *, par_inconnu: bool = False) -> None:
    """Give the seat back; the first of the waiting list gets it, and both are told.

    Raises AtelierRefuse when the workshop is over or called off. `par_inconnu`: from a public page; the seat is given
    back whatever was already written to the address, and the page alone says so beyond the ceiling.
    """
    actuel = _tenir(participant.atelier)
    participant.refresh_from_db()
    if actuel.etat != Atelier.Etat.PREVU or participant.statut in (Statut.PRESENT, Statut.ABSENT):
        raise AtelierRefuse("Cet atelier est passé ou annulé : il n'y a plus de place à rendre.")
    if participant.statut == Statut.DESISTE:
        return
    avait_une_place = participant.assis
    participant.statut, participant.attente_le, participant.appel = Statut.DESISTE, None, ""
    participant.sequence += 1
    participant.save(update_fields=["statut", "attente_le", "sequence", "appel"])
    with suppress(PlafondAtteint):
        ecrire("desiste", participant, avec_agenda=avait_une_place, retire=True, par_inconnu=par_inconnu)
    _promouvoir(actuel)


def _promouvoir(atelier: Atelier) -> None:
    if atelier.etat != Atelier.Etat.PREVU or atelier.debut <= timezone.now():
        return
    libres = atelier.places_libres
    for suivant in atelier.participants.filter(statut=Statut.ATTENTE).order_by("attente_le", "pk")[:libres]:
        suivant.statut, suivant.attente_le = Statut.INSCRIT, None
        suivant.save(update_fields=["statut", "attente_le"])
        ecrire("place_liberee", suivant)


@transaction.atomic
def enlever(membre: Membre, participant: Participant) -> None:
    """Somebody put on the list by mistake; a seat they held goes to who waits. Nobody is written to.

    Raises AtelierRefuse when the person came.
    """
    actuel = _tenir(participant.atelier)
    if participant.notes.exists() or participant.statut == Statut.PRESENT:
        raise AtelierRefuse("Cette personne est venue : effacez plutôt ses données depuis « Données d'une personne ».")
    noter(membre, f"a enlevé une personne de l'atelier « {actuel.titre} »", actuel.dossier)
    liberer(participant)


@transaction.atomic
def liberer(participant: Participant) -> None:
    """Take somebody off the list without writing to them; a seat they held goes to who waits."""
    actuel = _tenir(participant.atelier)
    oublier(objet(participant))
    participant.delete()
    _promouvoir(actuel)


@transaction.atomic
def accueillir(membre: Membre, atelier: Atelier, participant: Participant) -> Participant:
    """Somebody came without being on the list: they are here, that is what counts.

    Raises AtelierRefuse when it is called off.
    """
    if atelier.etat == Atelier.Etat.ANNULE:
        raise AtelierRefuse("Cet atelier est annulé.")
    participant.atelier, participant.statut = atelier, Statut.PRESENT
    participant.save()
    if atelier.etat == Atelier.Etat.TENU:
        accords.revoir_citations(atelier)
    noter(membre, "a noté une présence", atelier.dossier)
    return participant


@transaction.atomic
def pointer(membre: Membre, participant: Participant, present: bool) -> None:
    """Present or not; can be changed back."""
    participant.statut = Statut.PRESENT if present else Statut.ABSENT
    participant.save(update_fields=["statut"])
    if participant.atelier.etat == Atelier.Etat.TENU:  # who was there decides of the words without a speaker
        accords.revoir_citations(participant.atelier)
    noter(membre, "a noté une présence" if present else "a noté une absence", participant.atelier.dossier)


@transaction.atomic
def tenir(membre: Membre, atelier: Atelier) -> int:
    """The workshop took place: its notes become opinions to analyse; return how many.

    Raises AtelierRefuse before its beginning, or when it is called off.
    """
    if timezone.now() < atelier.debut:
        raise AtelierRefuse("Cet atelier n'a pas encore commencé.")
    if atelier.etat == Atelier.Etat.ANNULE:
        raise AtelierRefuse("Cet atelier est annulé : il n'y a rien à terminer.")
    verses = notes.verser(membre, atelier)
    atelier.etat = Atelier.Etat.TENU
    atelier.save(update_fields=["etat"])
    atelier.participants.filter(statut=Statut.INSCRIT).update(statut=Statut.ABSENT)
    atelier.participants.exclude(appel="").update(appel="")
    accords.revoir_citations(atelier)
    noter(membre, f"a terminé l'atelier « {atelier.titre} » : {verses} notes versées aux avis", atelier.dossier)
    return verses
