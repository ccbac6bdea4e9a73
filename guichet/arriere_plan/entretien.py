"""Housekeeping that no page does."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

# Both sites' sessions. SQL, because of a resident's session the worker's role may read the date and nothing else.
SESSIONS = ("portail_sessionusager", "instruction_sessionagent")


def purger_sessions() -> int:
    """Remove sessions that ended; return how many."""
    retirees = 0
    with connection.cursor() as curseur:
        for table in SESSIONS:
            curseur.execute(f"DELETE FROM {table} WHERE expire_date < now()")  # noqa: S608  # our own constants
            retirees += curseur.rowcount
    return retirees


def purger_fichiers_orphelins() -> int:
    """Remove files of requests, a day old, that no request and no draft holds; return how many."""
    fichiers = apps.get_model("stockage", "Fichier")._default_manager
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT f.id FROM stockage_fichier f WHERE f.espace = 'demandes' AND f.cree_le < "
            "now() - interval '1 day'"
            " AND NOT EXISTS (SELECT FROM demandes_piece p WHERE p.fichier = f.nom)"
            " AND NOT EXISTS (SELECT FROM demandes_piecebrouillon b WHERE b.fichier = f.nom) LIMIT 1000"
        )
        orphelins = [cle for (cle,) in curseur.fetchall()]
    retires: int = fichiers.filter(pk__in=orphelins).delete()[0]
    return retires
