"""Named counters in the database: only ever increased."""

import logging

from django.db import DatabaseError, transaction
from django.db.models import F

COURRIELS_ECHECS = "courriels_echecs"

logger = logging.getLogger(__name__)


def augmenter(nom: str) -> None:
    """Add one; a counter that cannot be written must not hide the error being counted."""
    from guichet.supervision.models import Compteur

    try:
        with transaction.atomic():
            if not Compteur.objects.filter(nom=nom).update(valeur=F("valeur") + 1):
                Compteur.objects.create(nom=nom, valeur=1)
    except DatabaseError:
        logger.warning("Compteur %s non augmenté.", nom, exc_info=True)


def lire(nom: str) -> int:
    from guichet.supervision.models import Compteur

    return Compteur.objects.filter(nom=nom).values_list("valeur", flat=True).first() or 0
