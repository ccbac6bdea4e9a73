"""Deadlines by mail: what presses, once a week at most for the same thing, to those whose work it is."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from consultation.ecoute.accueil.a_faire import Tache, a_faire
from consultation.ecoute.accueil.models import Rappel
from consultation.ecoute.cadre.courriels import envoyer, part_vraiment
from consultation.ecoute.equipe.models import Membre

DE_NOUVEAU = timedelta(days=7)
PROCHE = timedelta(days=3)
OUBLI = timedelta(days=30)


def _cle(tache: Tache) -> str:
    return hashlib.sha256(f"{tache.quoi}|{tache.adresse}".encode()).hexdigest()[:32]


def _presse(tache: Tache, maintenant: datetime) -> bool:
    return tache.presse or (tache.pour is not None and tache.pour <= maintenant + PROCHE)


def rappeler(maintenant: datetime | None = None) -> int:
    """Mail each member what presses and was not told this week; return how many mails left.

    Without a mail server nothing is written: the home page says the same.
    """
    if not part_vraiment():
        return 0
    moment, envoyes = maintenant or timezone.now(), 0
    Rappel.objects.filter(le__lt=moment - OUBLI).delete()
    for membre in Membre.objects.filter(is_active=True):
        taches = [tache for tache in a_faire(membre, moment) if _presse(tache, moment)]
        dites = set(Rappel.objects.filter(membre=membre, le__gt=moment - DE_NOUVEAU).values_list("cle", flat=True))
        if all(_cle(tache) in dites for tache in taches):
            continue
        contexte = {
            "membre": membre, "taches": taches, "accueil": f"{settings.URL_PUBLIQUE}/equipe/",
        }  # fmt: skip
        try:
            envoyer("accueil/courriels/rappel", contexte, membre.courriel)
        except OSError:  # the mail server is down: tomorrow will do, the home page says the same
            logging.getLogger(__name__).warning("un rappel n'est pas parti", exc_info=True)
            continue
        Rappel.objects.bulk_create(Rappel(membre=membre, cle=_cle(tache), le=moment) for tache in taches)
        envoyes += 1
    return envoyes
