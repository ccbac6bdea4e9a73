"""Alerts that are due, by hand or by a timer; the web server sends them by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from consultation.ecoute.satisfaction.alertes import envoyer


class Command(BaseCommand):
    """Sends the alerts that are due."""

    help = "Envoyer à l'équipe les alertes « nouveaux avis sur une démarche » qui sont dues."

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many messages left."""
        self.stdout.write(f"{envoyer()} e-mails envoyés.")
