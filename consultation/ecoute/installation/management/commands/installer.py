"""Run once a deployment, as the owner of the database."""

from __future__ import annotations

from typing import Any

from consultation.ecoute import environnement as env
from consultation.ecoute.equipe.models import Commune
from consultation.ecoute.installation.models import Marque
from socle.installation.commandes import Installer

# What the site's description says of the town; the rest of its words is written by the team.
CHAMPS = {
    "nom": "ECOUTE_TOWN_NAME",
    "adresse": "ECOUTE_TOWN_ADDRESS",
    "telephone": "ECOUTE_TOWN_PHONE",
    "courriel": "ECOUTE_TOWN_EMAIL",
    "horaires": "ECOUTE_TOWN_HOURS",
    "dpo_courriel": "ECOUTE_TOWN_DPO_EMAIL",
}


class Command(Installer):
    help = "Migrations, droits et coordonnées de la commune ; laisse une marque en base quand tout est fait."
    verrou = 4_711_024
    marques = Marque

    def apporter(self, **_options: Any) -> None:
        """Take what the site's description says of the town."""
        commune = Commune.actuelle()
        for champ, variable in CHAMPS.items():
            setattr(commune, champ, env.texte(variable, ""))
        commune.save()
