"""Deadlines by mail: what presses, once a week at most for the same thing, to those whose work it is."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from consultation.ecoute.accueil import courriels
from consultation.ecoute.accueil.a_faire import Tache
from consultation.ecoute.accueil.models import Rappel
from consultation.ecoute.cadre.courriels import part_vraiment
from consultation.ecoute.equipe.models import Membre

DE_NOUVEAU = timedelta(days=7)
OUBLI = timedelta(days=30)


def _cle(tache: Tache) -> str:
    return hashlib.sha256(f"{tache.quoi}|{tache.adresse}".encode()).hexdigest()[:32]


def rappeler(maintenant: datetime | None = None) -> int:
    """Mail each member what presses and was not told this week; return how many were written to.

    Without a mail server nothing is written: the home page says the same.
    """
    if not part_vraiment():
        return 0
    moment, envoyes = maintenant or timezone.now(), 0
    Rappel.objects.filter(le__lt=moment - OUBLI).delete()
    for membre in Membre.objects.filter(is_active=True):
        taches = courriels.pressantes(membre, moment)
        dites = set(Rappel.objects.filter(membre=membre, le__gt=moment - DE_NOUVEAU).values_list("cle", flat=True))
        if all(_cle(tache) in dites for tache in taches):
            continue
        with transaction.atomic():
            envoyes += courriels.rappeler(membre, moment)
            Rappel.objects.bulk_create(Rappel(membre=membre, cle=_cle(tache), le=moment) for tache in taches)
    return envoyes
