"""Run once a deployment, as the owner of the database."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from consultation.ecoute.commune.models import Commune
from consultation.ecoute.installation.models import Marque
from socle.installation.commandes import Installer

# What the site's description says of the town (field of its record -> key of settings.COMMUNE); the team writes the
# rest of its words.
CHAMPS = {
    "nom": "nom",
    "adresse": "adresse",
    "telephone": "telephone",
    "courriel": "courriel",
    "horaires": "horaires",
    "dpo_courriel": "courriel_dpo",
}


class Command(Installer):
    """Brings the application's database to this release."""

    help = "Migrations, droits et coordonnées de la commune ; laisse une marque en base quand tout est fait."
    verrou = 4_711_024
    marques = Marque

    def apporter(self, **_options: Any) -> None:
        """Take what the site's description says of the town."""
        commune = Commune.actuelle()
        for champ, cle in CHAMPS.items():
            setattr(commune, champ, settings.COMMUNE[cle])
        commune.save()
