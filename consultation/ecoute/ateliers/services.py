"""The only ways a workshop and its participants change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from consultation.ecoute.ateliers import agenda
from consultation.ecoute.ateliers.deroules import MODELES
from consultation.ecoute.ateliers.models import Atelier, Consentement, Finalite, Note, Participant, Sequence
from consultation.ecoute.cadre.courriels import envoyer
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.journal.services import noter

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

Statut = Participant.Statut
journal = logging.getLogger(__name__)
Message = Callable[[Participant, str], None]
"""How an SMS would leave: called with the participant and the words. None is shipped; letters and mails are."""


class AtelierRefuse(Exception):
    """Why something cannot be done, in French."""


def lien(participant: Participant) -> str:
    """The person's own page."""
    return f"{settings.ECOUTE_URL}{reverse('public:ma_place', args=[participant.jeton])}"


def _ecrire(gabarit: str, participant: Participant, avec_agenda: bool = True) -> None:
    if not participant.courriel:
        return
    atelier = participant.atelier
    joints = [("atelier.ics", agenda.fichier(atelier), "text/calendar")] if avec_agenda else []
    contexte = {"participant": participant, "atelier": atelier, "lien": lien(participant)}
    transaction.on_commit(partial(_partir, gabarit, contexte, participant.courriel, joints))


def _partir(gabarit: str, contexte: dict[str, object], a: str, joints: list[tuple[str, str, str]]) -> None:
    try:
        envoyer(f"ateliers/courriels/{gabarit}", contexte, a, joints)
    except OSError:  # the mail server is down: what was recorded stays, the list shows who to call
        journal.warning("un e-mail n'est pas parti", exc_info=True)


@transaction.atomic
def planifier(membre: Membre, atelier: Atelier) -> Atelier:
    """Add or change; who has a seat is told of a new date or place."""
    ancien = Atelier.objects.filter(pk=atelier.pk).first()
    bouge = ancien is not None and any(
        getattr(ancien, nom) != getattr(atelier, nom) for nom in ("debut", "fin", "lieu", "adresse")
    )
    if bouge:
        atelier.sequence += 1
    atelier.save()
    if ancien is None:
        appliquer_modele(atelier, "deux-heures")
    noter(membre, f"a {'modifié' if ancien else 'planifié'} l'atelier « {atelier.titre} »", atelier.dossier)
    if bouge:
        for participant in atelier.participants.filter(statut__in=[*Participant.ASSIS, Statut.ATTENTE]):
            _ecrire("changement", participant)
    _promouvoir(atelier)
    return atelier


@transaction.atomic
def appliquer_modele(atelier: Atelier, code: str) -> None:
    """Replace the run sheet by a template."""
    atelier.sequences.all().delete()
    Sequence.objects.bulk_create(
        Sequence(
            atelier=atelier, ordre=rang, minutes=m.minutes, titre=m.titre, consigne=m.consigne, materiel=m.materiel
        )
        for rang, m in enumerate(MODELES[code][1])
    )


@transaction.atomic
def annuler(membre: Membre, atelier: Atelier, motif: str) -> None:
    """Call it off; everybody concerned is told why."""
    if not motif.strip():
        raise AtelierRefuse("Dites pourquoi : les personnes inscrites le liront.")
    atelier.etat, atelier.motif_annulation = Atelier.Etat.ANNULE, motif.strip()
    atelier.sequence += 1
    atelier.save()
    noter(membre, f"a annulé l'atelier « {atelier.titre} » ({motif.strip()})", atelier.dossier)
    for participant in atelier.participants.exclude(statut=Statut.DESISTE):
        _ecrire("annulation", participant)


@transaction.atomic
def ajouter(membre: Membre, atelier: Atelier, participants: Iterable[Participant]) -> int:
    """Put people on the list of those to invite; somebody with the same e-mail is not added twice."""
    deja = {c.lower() for c in atelier.participants.exclude(courriel="").values_list("courriel", flat=True)}
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
    """Mail those not yet invited; return how many mails, and how many need a letter or a call."""
    _prevu(atelier)
    attendus = list(atelier.participants.filter(statut=Statut.INVITE, invite_le=None))
    for participant in attendus:
        participant.invite_le = timezone.now()
        participant.save(update_fields=["invite_le"])
        _ecrire("invitation", participant)
    par_mail = sum(bool(p.courriel) for p in attendus)
    noter(membre, f"a invité {len(attendus)} personnes à l'atelier « {atelier.titre} »", atelier.dossier)
    return par_mail, len(attendus) - par_mail


@transaction.atomic
def relancer(membre: Membre, atelier: Atelier) -> int:
    """Remind those who have a seat or have not answered; once a person a day at most."""
    _prevu(atelier)
    relances = 0
    for participant in atelier.participants.filter(statut__in=[Statut.INVITE, Statut.INSCRIT]).exclude(courriel=""):
        recente = participant.relance_le and timezone.now() - participant.relance_le < timedelta(days=1)
        if recente or (participant.statut == Statut.INVITE and participant.invite_le is None):
            continue
        participant.relance_le = timezone.now()
        participant.save(update_fields=["relance_le"])
        _ecrire("rappel", participant)
        relances += 1
    noter(membre, f"a relancé {relances} personnes pour l'atelier « {atelier.titre} »", atelier.dossier)
    return relances


def _prevu(atelier: Atelier) -> None:
    if atelier.etat != Atelier.Etat.PREVU:
        raise AtelierRefuse(f"Cet atelier est {atelier.get_etat_display()} : plus d'invitation.")


def _tenir(atelier: Atelier) -> Atelier:
    return Atelier.objects.select_for_update().get(pk=atelier.pk)


@transaction.atomic
def inscrire(atelier: Atelier, participant: Participant) -> Participant:
    """A seat if there is one, the waiting list otherwise; the person is told which."""
    actuel = _tenir(atelier)
    if actuel.etat != Atelier.Etat.PREVU or actuel.debut <= timezone.now():
        raise AtelierRefuse("Les inscriptions à cet atelier sont terminées.")
    if participant.pk is None and participant.courriel:
        meme = actuel.participants.filter(courriel__iexact=participant.courriel).first()
        participant = meme or participant
    participant.atelier = actuel
    if not participant.assis:
        participant.statut = Statut.INSCRIT if actuel.places_libres else Statut.ATTENTE
        participant.save()
        _ecrire("inscrit" if participant.assis else "attente", participant, avec_agenda=participant.assis)
    return participant


@transaction.atomic
def desister(participant: Participant) -> None:
    """Give the seat back; the first of the waiting list gets it."""
    participant.statut = Statut.DESISTE
    participant.save(update_fields=["statut"])
    _promouvoir(_tenir(participant.atelier))


def _promouvoir(atelier: Atelier) -> None:
    if atelier.etat != Atelier.Etat.PREVU or atelier.debut <= timezone.now():
        return
    libres = atelier.places_libres
    for suivant in atelier.participants.filter(statut=Statut.ATTENTE).order_by("cree_le", "pk")[:libres]:
        suivant.statut = Statut.INSCRIT
        suivant.save(update_fields=["statut"])
        _ecrire("place_liberee", suivant)


@transaction.atomic
def pointer(membre: Membre, participant: Participant, present: bool) -> None:
    """Present or not; can be changed back."""
    participant.statut = Statut.PRESENT if present else Statut.ABSENT
    participant.save(update_fields=["statut"])
    noter(membre, "a noté une présence" if present else "a noté une absence", participant.atelier.dossier)


@transaction.atomic
def accorder(participant: Participant, finalites: Iterable[str], maintenant: datetime | None = None) -> None:
    """Set the agreements to these: new ones are dated, those left out are taken back and dated."""
    voulues, le = {str(f) for f in finalites} & set(Finalite.values), maintenant or timezone.now()
    for accord in participant.consentements.filter(retire_le=None):
        if accord.finalite not in voulues:
            accord.retire_le = le
            accord.save(update_fields=["retire_le"])
        voulues.discard(accord.finalite)
    Consentement.objects.bulk_create(
        Consentement(participant=participant, finalite=f, donne_le=le) for f in sorted(voulues)
    )


def ecrire_note(membre: Membre, atelier: Atelier, table: int, texte: str, cle: str) -> Note:
    """Keep a note; the same key again changes nothing."""
    note, _ = Note.objects.get_or_create(
        cle=cle, defaults={"atelier": atelier, "table": table, "texte": texte.strip(), "notee_par": membre}
    )
    return note


@transaction.atomic
def tenir(membre: Membre, atelier: Atelier) -> int:
    """The workshop took place: its notes become opinions to analyse; return how many."""
    if timezone.now() < atelier.debut:
        raise AtelierRefuse("Cet atelier n'a pas encore commencé.")
    verses = 0
    for note in atelier.notes.filter(contribution=None):
        saisie = Saisie(note.texte, Canal.ATELIER, {}, min(note.notee_le, atelier.dossier.fermeture or note.notee_le))
        note.contribution = avis.saisir(membre, atelier.dossier, saisie)
        note.save(update_fields=["contribution"])
        verses += 1
    atelier.etat = Atelier.Etat.TENU
    atelier.save(update_fields=["etat"])
    atelier.participants.filter(statut=Statut.INSCRIT).update(statut=Statut.ABSENT)
    noter(membre, f"a terminé l'atelier « {atelier.titre} » : {verses} notes versées aux avis", atelier.dossier)
    return verses
