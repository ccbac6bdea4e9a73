"""Named counters in the database: only ever increased."""

import logging

from django.db import DatabaseError, connection, transaction

DEMANDES_ACCEPTEES = "demandes_acceptees"

AUGMENTER = """
    INSERT INTO supervision_compteur AS c (nom, valeur) VALUES (%s, 1)
    ON CONFLICT (nom) DO UPDATE SET valeur = c.valeur + 1
"""

logger = logging.getLogger(__name__)


def augmenter(nom: str) -> None:
    """Add one; a counter that cannot be written must neither hide the error counted nor undo the request."""
    try:
        with transaction.atomic(), connection.cursor() as curseur:
            curseur.execute(AUGMENTER, [nom])
    except DatabaseError:
        logger.warning("Compteur %s non augmenté.", nom, exc_info=True)


def lire(nom: str) -> int:
    """The present value; 0 for a counter that was never increased."""
    from guichet.supervision.models import Compteur

    return Compteur.objects.filter(nom=nom).values_list("valeur", flat=True).first() or 0
