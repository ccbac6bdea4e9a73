"""Files of requests that no request and no draft holds any more."""

from __future__ import annotations

from django.db import connection

from guichet.stockage.models import Fichier

LOT = 1000
"""Files that one night removes at most."""


def purger_fichiers_orphelins() -> int:
    """Remove files a day old that nothing holds; return how many. Younger ones may belong to a form being sent."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT f.id FROM stockage_fichier f WHERE f.espace = 'demandes' AND f.cree_le < "
            "now() - interval '1 day'"
            " AND NOT EXISTS (SELECT FROM demandes_piece p WHERE p.fichier = f.nom)"
            " AND NOT EXISTS (SELECT FROM demandes_piecebrouillon b WHERE b.fichier = f.nom) LIMIT %s",
            [LOT],
        )
        orphelins = [cle for (cle,) in curseur.fetchall()]
    return Fichier.objects.filter(pk__in=orphelins).delete()[0]
