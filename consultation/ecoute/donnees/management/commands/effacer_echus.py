"""Scheduled erasure: once a day, by the server's timer or by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from consultation.ecoute.donnees.effacement import effacer_echus


class Command(BaseCommand):
    """Erases what has been kept long enough."""

    help = "Effacer ce dont la durée de conservation est atteinte ; écrit une preuve par effacement."

    def add_arguments(self, parser: CommandParser) -> None:
        """The day to pretend it is."""
        parser.add_argument("--au", metavar="AAAA-MM-JJ", help="Faire comme à cette date (essai).")

    def handle(self, *args: Any, au: str | None = None, **options: Any) -> None:
        """Says each proof of erasure. Raises CommandError when the date cannot be read."""
        moment = None
        if au:
            try:
                moment = timezone.make_aware(datetime.fromisoformat(au))
            except ValueError as erreur:
                raise CommandError("Écrivez la date ainsi : 2028-01-31.") from erreur
        preuves = effacer_echus(moment)
        for preuve in preuves:
            self.stdout.write(f"{preuve.sorte} : {preuve.nombre} ({preuve.motif})")
        if not preuves:
            self.stdout.write("Rien à effacer.")
