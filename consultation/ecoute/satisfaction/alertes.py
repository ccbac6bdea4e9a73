"""Telling the team of new texts without flooding it: a mail once nothing came for five minutes, two hours at most."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from consultation.ecoute.satisfaction.courriels import alerter
from consultation.ecoute.satisfaction.models import Demarche

CALME = timedelta(minutes=5)
ATTENTE_MAX = timedelta(hours=2)


def annoncer(demarche: Demarche, moment: datetime) -> None:
    """A text has come: it waits for those that follow; the watcher (accueil/veille.py) sees when it is time."""
    en_cours = Demarche.objects.filter(pk=demarche.pk)
    en_cours.filter(alerte_depuis=None).update(alerte_depuis=moment)
    en_cours.update(alerte_dernier=moment, alerte_nombre=F("alerte_nombre") + 1)


def envoyer(maintenant: datetime | None = None) -> int:
    """Entrust the mails that are due; return how many. Running it twice sends nothing twice."""
    moment = maintenant or timezone.now()
    dus = Q(alerte_dernier__lte=moment - CALME) | Q(alerte_depuis__lte=moment - ATTENTE_MAX)
    confies = 0
    with transaction.atomic():
        for demarche in Demarche.objects.select_for_update().filter(dus, alerte_nombre__gt=0):
            confies += alerter(demarche, list(demarche.abonnes.filter(is_active=True)), moment)
            Demarche.objects.filter(pk=demarche.pk).update(alerte_depuis=None, alerte_dernier=None, alerte_nombre=0)
    return confies
