"""Give the site's PostgreSQL role its rights, and only these."""

from __future__ import annotations

from consultation.ecoute.installation.droits import DECISIONS
from socle import environnement as env
from socle.installation.commandes import AccorderDroits


class Command(AccorderDroits):
    """Rights of the application's role."""

    help = "Donne au rôle PostgreSQL du site les droits écrits dans consultation/ecoute/installation/droits.py."
    decisions = DECISIONS
    ou = "consultation/ecoute/installation/droits.py"

    def roles(self) -> dict[str, str]:
        """The role of ECOUTE_DB_ROLE, if there is one."""
        role = env.texte("ECOUTE_DB_ROLE", "")
        return {"ecoute": role} if role else {}
