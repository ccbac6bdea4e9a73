"""Commands that a deployment runs as the owner of the database; each application has its own, of these classes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.models import Model

from socle.installation.droits import Decisions, TableSansDroits, accorder


class AccorderDroits(BaseCommand):
    """Give the sites' PostgreSQL roles their rights, and only these; without roles (SQLite) there is nothing to do."""

    decisions: ClassVar[Decisions]
    ou: ClassVar[str]  # module that holds the decisions, for who has to add a line

    def roles(self) -> Mapping[str, str]:
        """PostgreSQL role of each site; empty where none is declared."""
        raise NotImplementedError

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Raises CommandError, with nothing changed, when a table has no decision."""
        roles = self.roles()
        if connection.vendor != "postgresql" or not roles:
            return
        try:
            nombre = accorder(self.decisions, roles)
        except TableSansDroits as manque:
            raise CommandError(
                f"La table {manque} n'a pas de ligne dans {self.ou} : décidez qui peut la lire et l'écrire, puis "
                "relancez. Aucun droit n'a été changé."
            ) from None
        self.stdout.write(f"Droits accordés sur {nombre} tables.")


class Installer(BaseCommand):
    """Bring the database to this release and this site, in one process: migrations, rights, what the site brings.

    The marks that it leaves last (socle/marques.py reads them) tell the other hosts that they may start, and the next
    run that there is nothing to do.
    """

    verrou: ClassVar[int]  # number of the advisory lock, one an application: two hosts never migrate together
    marques: ClassVar[type[Model]]  # table `supervision_installation` of the application

    def add_arguments(self, parser: CommandParser) -> None:
        """Marks of the release and of the site, kept in the database once all is done."""
        parser.add_argument("--marque", required=True, help="Empreinte de la version.")
        parser.add_argument("--numero", default="", help="Numéro de la version, comme « 1.2.3 ».")
        parser.add_argument("--empreinte-site", default="", help="Empreinte du dossier du site et des réglages.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Migrations, rights, what the site brings, then the marks; one run at a time (PostgreSQL's advisory lock)."""
        if connection.vendor == "postgresql":
            with connection.cursor() as curseur:
                curseur.execute("SELECT pg_advisory_lock(%s)", [self.verrou])
        numero, schema = options["numero"], self._schema()
        if _rang(numero) and _rang(schema) > _rang(numero):
            # Gone back to, a release bears the next one's schema (tolerance.py), and does not know its tables.
            self.stdout.write(f"La base est à la version {schema} : schéma et droits restent, pour la {numero}.")
        else:
            call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
            call_command("accorder_droits", stdout=self.stdout)
            schema = numero or schema
        self.apporter(**options)
        marques = {"schema": schema, "site": options["empreinte_site"], "version": options["marque"]}
        for cle, valeur in marques.items():
            self.marques._default_manager.update_or_create(cle=cle, defaults={"valeur": valeur})

    def _schema(self) -> str:
        """The newest version that migrated this database; empty for a blank one, or one that never said."""
        table = self.marques._meta.db_table
        if table not in connection.introspection.table_names():
            return ""
        trouvee = self.marques._default_manager.filter(cle="schema").values_list("valeur", flat=True).first()
        return str(trouvee or "")

    def apporter(self, **options: Any) -> None:
        """Load what the site brings: its words, its procedures, its first pages."""
        raise NotImplementedError


def _rang(numero: str) -> tuple[int, ...]:
    """« 1.2.3 » as numbers that compare; nothing where it is not such a number."""
    return tuple(map(int, numero.split("."))) if re.fullmatch(r"\d+\.\d+\.\d+", numero) else ()
