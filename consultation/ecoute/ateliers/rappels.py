"""Reminders that leave by themselves: a week before, then the day before, once each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from consultation.ecoute.ateliers.courriels import ecrire
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.journal.services import noter

SEMAINE = timedelta(days=7)
VEILLE = timedelta(hours=36)  # the day's work runs once a day, at any hour: the day before is never missed
Statut = Participant.Statut


def rappeler(maintenant: datetime | None = None) -> int:
    """Remind who has a seat, and who was invited and has not answered; return how many mails."""
    moment, envoyes = maintenant or timezone.now(), 0
    proches = Atelier.objects.filter(etat=Atelier.Etat.PREVU, debut__gt=moment, debut__lte=moment + SEMAINE)
    for atelier in proches.select_related("dossier"):
        depuis = atelier.debut - (VEILLE if atelier.debut - moment <= VEILLE else SEMAINE)
        envoyes += _un_atelier(atelier, depuis, moment)
    return envoyes


@transaction.atomic
def _un_atelier(atelier: Atelier, depuis: datetime, moment: datetime) -> int:
    """Those whom nothing reached since `depuis`: invitation, seat or reminder."""
    muets = Q(relance_le=None) | Q(relance_le__lt=depuis)
    assis = Q(statut=Statut.INSCRIT, cree_le__lt=depuis)
    invites = Q(statut=Statut.INVITE, invite_le__lt=depuis)
    gens = list(atelier.participants.filter(muets, assis | invites).exclude(courriel=""))
    for participant in gens:
        participant.relance_le = moment
        participant.save(update_fields=["relance_le"])
        ecrire("rappel", participant)
    nombre = len(gens)
    if nombre:
        noter(None, f"a rappelé l'atelier « {atelier.titre} » à {nombre} personnes", atelier.dossier)
    return nombre
