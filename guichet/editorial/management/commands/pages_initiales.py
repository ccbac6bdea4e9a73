"""``manage.py pages_initiales``: make the editorial pages that are missing."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from guichet.editorial.services import creer_pages_initiales


class Command(BaseCommand):
    """Makes missing editorial pages."""

    help = "Crée les pages éditoriales manquantes, sans toucher à celles qui existent."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether a machine reads the result."""
        parser.add_argument("--json", action="store_true", help="Dit le résultat pour une machine.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Says which pages were made; a second run makes none."""
        fait = creer_pages_initiales()
        if options["json"]:
            self.stdout.write(json.dumps({"changed": bool(fait), "created": fait}))
        else:
            self.stdout.write("\n".join(f"{titre} : fait" for titre in fait) or "Rien à créer.")
