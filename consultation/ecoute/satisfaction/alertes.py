"""Telling the team of new texts without flooding it: a mail once nothing came for five minutes, two hours at most."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from consultation.ecoute.cadre.courriels import envoyer as envoyer_courriel
from consultation.ecoute.satisfaction.models import Demarche

CALME = timedelta(minutes=5)
ATTENTE_MAX = timedelta(hours=2)
journal = logging.getLogger(__name__)


def annoncer(demarche: Demarche, moment: datetime) -> None:
    """A text has come: it waits for those that follow."""
    en_cours = Demarche.objects.filter(pk=demarche.pk)
    en_cours.filter(alerte_depuis=None).update(alerte_depuis=moment)
    en_cours.update(alerte_dernier=moment, alerte_nombre=F("alerte_nombre") + 1)
    transaction.on_commit(REVEIL.armer)


class Reveil:
    """Wakes this process up when a mail may be due: no scheduler to install. A restart meanwhile only delays it.

    One timer a process at most; two processes that wake up together send one mail, the row is held.
    """

    def __init__(self) -> None:
        self._verrou = threading.Lock()
        self._arme = False

    def armer(self) -> None:
        """Wake up once the calm may have come."""
        with self._verrou:
            if self._arme or not settings.ECOUTE_ALERTES_SEULES:
                return
            self._arme = True
        fil = threading.Timer(CALME.total_seconds() + 1, self._sonner)
        fil.daemon = True
        fil.start()

    def _sonner(self) -> None:
        with self._verrou:
            self._arme = False
        try:
            envoyer()
            reste = Demarche.objects.filter(alerte_nombre__gt=0).exists()
        except DatabaseError:
            journal.exception("les alertes ne sont pas parties ; nouvel essai bientôt")
            reste = True
        connection.close()  # this thread's own
        if reste:
            self.armer()


REVEIL = Reveil()


def envoyer(maintenant: datetime | None = None) -> int:
    """Send the mails that are due; return how many. Running it twice sends nothing twice."""
    moment = maintenant or timezone.now()
    dus = Q(alerte_dernier__lte=moment - CALME) | Q(alerte_depuis__lte=moment - ATTENTE_MAX)
    partis = 0
    with transaction.atomic():
        for demarche in Demarche.objects.select_for_update().filter(dus, alerte_nombre__gt=0):
            contexte = {
                "demarche": demarche, "nombre": demarche.alerte_nombre,
                "lien": f"{settings.URL_PUBLIQUE}{reverse('satisfaction:resultats', args=[demarche.slug])}",
            }  # fmt: skip
            for membre in demarche.abonnes.filter(is_active=True):
                transaction.on_commit(partial(_partir, contexte, membre.courriel))
                partis += 1
            Demarche.objects.filter(pk=demarche.pk).update(alerte_depuis=None, alerte_dernier=None, alerte_nombre=0)
    return partis


def _partir(contexte: dict[str, object], a: str) -> None:
    try:
        envoyer_courriel("satisfaction/courriels/alerte", contexte, a)
    except OSError:  # the mail server is down: the texts are on the page all the same
        journal.warning("une alerte n'est pas partie", exc_info=True)
