"""``manage.py installer_site``: run once a deployment by the host of the agents' site, as the owner of the schema."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandParser

from guichet.supervision.models import Installation
from socle.installation.commandes import Installer


class Command(Installer):
    """Brings the guichet's database to this release and this site."""

    help = "Migrations, droits, démarches et pages de départ ; laisse une marque en base quand tout est fait."
    verrou = 4_711_023
    marques = Installation

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the site's folder."""
        super().add_arguments(parser)
        parser.add_argument("--site", type=Path, help="Dossier du site : services.yaml, demarches/*.yaml.")

    def apporter(self, *, site: Path | None = None, **_options: Any) -> None:
        """Load the town's services and procedures, and the pages that are not there yet."""
        if site is not None and (site / "services.yaml").exists():
            call_command("importer_site", site, stdout=self.stdout)
        call_command("pages_initiales", stdout=self.stdout)
