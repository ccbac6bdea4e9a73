"""``manage.py installer_site``: bring the database to this release and this site, in one process.

Run once a deployment by the host of the agents' site, as the owner of the schema. The mark that it leaves
last tells the other hosts that they may start, and the next run that there is nothing to do.
"""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from guichet.supervision.models import Installation

VERROU = 4_711_023  # number of the advisory lock: two hosts never migrate together


class Command(BaseCommand):
    help = "Migrations, droits, démarches et pages de départ ; laisse une marque en base quand tout est fait."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--marque", required=True, help="Empreinte de la version.")
        parser.add_argument("--site", type=Path, help="Dossier du site : services.yaml, demarches/*.yaml.")
        parser.add_argument("--empreinte-site", default="", help="Empreinte du dossier du site et des réglages.")

    def handle(self, *_args: Any, site: Path | None, **options: Any) -> None:
        with connection.cursor() as curseur:
            curseur.execute("SELECT pg_advisory_lock(%s)", [VERROU])
        call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
        call_command("accorder_droits", stdout=self.stdout)
        if site is not None and (site / "services.yaml").exists():
            call_command("importer_site", site, stdout=self.stdout)
        call_command("pages_initiales", stdout=self.stdout)
        Installation.objects.update_or_create(cle="site", defaults={"valeur": options["empreinte_site"]})
        Installation.objects.update_or_create(cle="version", defaults={"valeur": options["marque"]})
