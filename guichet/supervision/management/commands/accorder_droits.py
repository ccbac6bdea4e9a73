"""``manage.py accorder_droits``: give the sites' PostgreSQL roles their rights, and only these."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guichet.supervision.privileges import TableSansDroits, accorder


class Command(BaseCommand):
    help = "Donne aux rôles PostgreSQL des deux sites les droits écrits dans guichet/configuration/droits.py."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            nombre = accorder()
        except TableSansDroits as manque:
            raise CommandError(
                f"La table {manque} n'a pas de ligne dans guichet/configuration/droits.py : décidez "
                "qui peut la lire "
                "et l'écrire, puis relancez. Aucun droit n'a été changé."
            ) from None
        self.stdout.write(f"Droits accordés sur {nombre} tables.")
