"""``manage.py importer_site DIR``: load a site's services, workflows and procedures."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from guichet.conception.services import suivre
from guichet.demarches.definition import DefinitionRefusee
from guichet.demarches.services import importer_site

CONFLIT = (
    ", alors que le fichier a changé aussi : reprenez leur version avec exporter_demarches, "
    "ou chargez le fichier avec importer_site --remplacer"
)


class Command(BaseCommand):
    """Loads a site's folder."""

    help = "Charge le dossier d'un site : services.yaml, workflows/*.yaml, demarches/*.yaml."

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder, what may be overwritten, and whether a machine reads the result."""
        parser.add_argument("dossier", type=Path)
        parser.add_argument(
            "--remplacer",
            action="append",
            default=[],
            metavar="NOM",
            help="Charge ce fichier (sans « .yaml ») même si la rédaction a publié autre chose.",
        )
        parser.add_argument("--json", action="store_true", help="Dit le résultat pour une machine.")

    def handle(self, *_args: Any, dossier: Path, **options: Any) -> None:
        """Raises CommandError, with nothing loaded, when a file is refused."""
        try:
            bilan = importer_site(dossier, options["remplacer"])
            suivre()
        except DefinitionRefusee as refus:
            fautes = "\n".join(f"- {faute}" for faute in refus.fautes)
            raise CommandError(f"Rien n'a été chargé. Corrigez ceci dans {refus.source} :\n{fautes}") from None
        if options["json"]:
            dit = {"changed": bilan.change, "created": bilan.crees, "updated": bilan.modifies}
            self.stdout.write(json.dumps({**dit, "kept": list(bilan.gardes)}))
            return
        for verbe, noms in (("créé", bilan.crees), ("modifié", bilan.modifies)):
            for nom in noms:
                self.stdout.write(f"{nom} : {verbe}")
        for nom, fichier_change in bilan.gardes.items():
            self.stdout.write(f"{nom} : gardé tel que la rédaction l'a publié" + CONFLIT * fichier_change)
        if not bilan.change:
            self.stdout.write("Rien n'a changé.")
