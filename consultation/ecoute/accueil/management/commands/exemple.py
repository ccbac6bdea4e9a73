"""`gru consultation serve --exemple`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from consultation.ecoute.accueil.exemple import creer


class Command(BaseCommand):
    """Adds an invented dossier, to try the application."""

    help = "Ajouter un dossier d'exemple, inventé, pour essayer."

    def handle(self, *args: Any, **options: Any) -> None:
        """Says whether it was there already."""
        dossier = creer()
        self.stdout.write("Dossier d'exemple ajouté." if dossier else "Le dossier d'exemple est déjà là.")
