"""``manage.py peupler``: fill a site with an invented year of requests, to show it and to measure it."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from guichet.peuplement.services import PeuplementRefuse, effacer, peupler


class Command(BaseCommand):
    """Fills a site with invented requests, or removes them."""

    help = "Remplir le site de demandes inventées (jamais sur un site en service), ou les effacer."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, which months, from which seed, for whom."""
        parser.add_argument("--demandes", type=int, default=20_000, metavar="N", help="Nombre de demandes.")
        parser.add_argument("--graine", type=int, default=1, metavar="G", help="Même graine, mêmes demandes.")
        parser.add_argument("--mois", type=int, default=12, metavar="M", help="Mois couverts, jusqu'à --fin.")
        parser.add_argument("--fin", default="", metavar="AAAA-MM-JJ", help="Dernier jour (aujourd'hui sinon).")
        parser.add_argument("--compte", default="", metavar="ADRESSE", help="Compte réel qui en possédera une partie.")
        parser.add_argument("--je-sais", action="store_true", help="Même si le site contient de vraies demandes.")
        parser.add_argument("--effacer", action="store_true", help="Effacer les demandes inventées, et elles seules.")
        parser.add_argument("--json", action="store_true", help="Dire le résultat en JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises CommandError for absurd numbers, and on a site that holds real requests unless told so."""
        if options["effacer"]:
            combien = effacer()
            self.stdout.write(json.dumps({"effacees": combien}) if options["json"] else f"{combien} demandes effacées.")
            return
        if not 0 < options["demandes"] <= 2_000_000 or not 0 < options["mois"] <= 120:
            raise CommandError("Donnez un nombre de demandes (1 à 2 000 000) et de mois (1 à 120).")
        try:
            bilan = peupler(
                options["demandes"],
                options["graine"],
                mois=options["mois"],
                fin=self._fin(options["fin"]),
                compte=options["compte"],
                je_sais=options["je_sais"],
                dire=self.stderr.write,
            )
        except PeuplementRefuse as refus:
            raise CommandError(str(refus)) from None
        if options["json"]:
            self.stdout.write(json.dumps(vars(bilan)))
            return
        natures = ", ".join(f"{combien} {nature}" for nature, combien in sorted(bilan.natures.items()))
        self.stdout.write(
            f"{bilan.demandes} demandes et {bilan.comptes} comptes inventés en {bilan.secondes:.0f} s ({natures})."
        )

    @staticmethod
    def _fin(texte: str) -> datetime | None:
        if not texte:
            return None
        jour = parse_date(texte)
        if jour is None:
            raise CommandError("« --fin » s'écrit AAAA-MM-JJ.")
        return timezone.make_aware(datetime(jour.year, jour.month, jour.day, 23, 59))
