"""The day's work, for a server's timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consultation.ecoute.accueil.quotidien import chaque_jour


class Command(BaseCommand):
    """What is done once a day."""

    help = "Effacer ce qui est arrivé à sa date et rappeler les échéances par e-mail ; à lancer une fois par jour."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError naming what failed; the rest is done all the same."""
        echecs = chaque_jour()
        if echecs:
            raise CommandError(f"N'a pas abouti : {', '.join(echecs)}. Le journal du serveur dit pourquoi.")
        self.stdout.write("Effacement et rappels du jour : faits.")
