"""``manage.py accorder_droits``: give the sites' PostgreSQL roles their rights, and only these."""

from django.conf import settings

from guichet.supervision.droits import DECISIONS
from socle.installation.commandes import AccorderDroits


class Command(AccorderDroits):
    """Rights of both sites' roles."""

    help = "Donne aux rôles PostgreSQL des deux sites les droits écrits dans guichet/supervision/droits.py."
    decisions = DECISIONS
    ou = "guichet/supervision/droits.py"

    def roles(self) -> dict[str, str]:
        """PostgreSQL roles by site."""
        return dict(settings.GUICHET_DB_ROLES)
