"""Bring the database to this program and this town, in one process, as the owner of the database.

The marks that it leaves last tell the next deployment that there is nothing to do.
"""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from consultation.ecoute import environnement as env
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.installation.droits import accorder
from consultation.ecoute.installation.models import Marque

VERROU = 4_711_024  # number of the advisory lock: two hosts never migrate together
# What the site's description says of the town; the rest of its words is written by the team.
CHAMPS = {
    "nom": "ECOUTE_TOWN_NAME",
    "adresse": "ECOUTE_TOWN_ADDRESS",
    "telephone": "ECOUTE_TOWN_PHONE",
    "courriel": "ECOUTE_TOWN_EMAIL",
    "horaires": "ECOUTE_TOWN_HOURS",
    "dpo_courriel": "ECOUTE_TOWN_DPO_EMAIL",
}


class Command(BaseCommand):
    help = "Migrations, droits et coordonnées de la commune ; laisse une marque en base quand tout est fait."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--marque", required=True, help="Empreinte de la version.")
        parser.add_argument("--empreinte-site", default="", help="Empreinte des valeurs de la commune.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as curseur:
                curseur.execute("SELECT pg_advisory_lock(%s)", [VERROU])
        call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
        with transaction.atomic():
            commune = Commune.actuelle()
            for champ, variable in CHAMPS.items():
                setattr(commune, champ, env.texte(variable, ""))
            commune.save()
        if role := env.texte("ECOUTE_DB_ROLE", ""):
            self.stdout.write(f"Droits accordés sur {accorder(role)} tables.")
        Marque.objects.update_or_create(cle="site", defaults={"valeur": options["empreinte_site"]})
        Marque.objects.update_or_create(cle="version", defaults={"valeur": options["marque"]})
