"""``manage.py exporter_demarches DIR``: write the services, workflows and procedures as files."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from guichet.demarches.exportation import exporter_site


class Command(BaseCommand):
    """Writes what the database holds as a site's files."""

    help = (
        "Écrit les démarches, les circuits de traitement et les services dans un dossier, tels qu'importer_site "
        "les lit. Un fichier qui dit déjà la même chose n'est pas touché."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder, and whether a machine reads the result."""
        parser.add_argument("dossier", type=Path)
        parser.add_argument("--json", action="store_true", help="Dit le résultat pour une machine.")

    def handle(self, *_args: Any, dossier: Path, **options: Any) -> None:
        """Raises CommandError when the folder cannot be written."""
        try:
            bilan = exporter_site(dossier)
        except OSError as erreur:
            raise CommandError(f"Impossible d'écrire dans {dossier} : {erreur.strerror}.") from None
        if options["json"]:
            self.stdout.write(json.dumps({"changed": bilan.change, "created": bilan.crees, "updated": bilan.modifies}))
            return
        for verbe, noms in (("créé", bilan.crees), ("modifié", bilan.modifies)):
            for nom in noms:
                self.stdout.write(f"{nom} : {verbe}")
        if not bilan.change:
            self.stdout.write("Rien n'a changé.")
