"""Publications are never changed, whatever the code says: the database refuses."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFUS = "une publication ne se modifie pas"
# Deletion is refused on PostgreSQL only: SQLite empties tables with DELETE (tests); the chain of digests shows it.
FIGER = {
    "sqlite": [
        f"CREATE TRIGGER publication_figee BEFORE UPDATE ON dossiers_publication BEGIN SELECT RAISE(ABORT, '{REFUS}'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION publication_figee() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUS}'; END $$",
        "CREATE TRIGGER publication_figee BEFORE UPDATE OR DELETE ON dossiers_publication "
        "FOR EACH ROW EXECUTE FUNCTION publication_figee()",
    ],
}
LIBERER = {
    "sqlite": ["DROP TRIGGER publication_figee"],
    "postgresql": ["DROP TRIGGER publication_figee ON dossiers_publication", "DROP FUNCTION publication_figee()"],
}


def figer(apps: StateApps, editeur: BaseDatabaseSchemaEditor) -> None:
    """Add the trigger."""
    for ordre in FIGER.get(editeur.connection.vendor, []):
        editeur.execute(ordre)


def liberer(apps: StateApps, editeur: BaseDatabaseSchemaEditor) -> None:
    """Take it away."""
    for ordre in LIBERER.get(editeur.connection.vendor, []):
        editeur.execute(ordre)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_initial")]
    operations = [migrations.RunPython(figer, liberer)]
