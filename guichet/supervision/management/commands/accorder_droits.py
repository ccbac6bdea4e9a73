"""``manage.py accorder_droits``: give the sites' PostgreSQL roles their rights, and only these."""

from django.conf import settings

from guichet.supervision.droits import DECISIONS
from socle.installation.commandes import AccorderDroits


class Command(AccorderDroits):
    help = "Donne aux rôles PostgreSQL des deux sites les droits écrits dans guichet/supervision/droits.py."
    decisions = DECISIONS
    ou = "guichet/supervision/droits.py"

    def roles(self) -> dict[str, str]:
        return dict(settings.GUICHET_DB_ROLES)
