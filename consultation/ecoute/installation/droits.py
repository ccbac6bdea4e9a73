"""What the site's own PostgreSQL role may do; given by the owner of the database at each installation.

By default a table is read and written. Those below are not: what is published or proved is only ever added to, and the
trail is only ever added to, then purged as a whole. The database refuses the rest, whatever the program does.
"""

from __future__ import annotations

import re

from django.db import connection, transaction

TOUT = "SELECT, INSERT, UPDATE, DELETE"
TABLES = {
    "dossiers_publication": "SELECT, INSERT",
    "donnees_effacement": "SELECT, INSERT",
    "journal_trace": "SELECT, INSERT, DELETE",
    "supervision_installation": "SELECT",
    "django_migrations": "",
}


def accorder(role: str) -> int:
    """Take back everything from `role`, then give what is written above. Returns the number of tables."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise ValueError(f"« {role} » n'est pas un nom de rôle")
    nom = connection.ops.quote_name(role)
    tables = connection.introspection.table_names()
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {nom}")
        curseur.execute(f"GRANT USAGE ON SCHEMA public TO {nom}")
        for table in tables:
            if droits := TABLES.get(table, TOUT):
                curseur.execute(f"GRANT {droits} ON {connection.ops.quote_name(table)} TO {nom}")
        curseur.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {nom}")
    return len(tables)
