"""Requests: what a resident asked for, and everything that happens to it."""

from django.apps import AppConfig


class DemandesConfig(AppConfig):
    """Requests, drafts, and their history."""

    name = "guichet.demandes"
    label = "demandes"
    verbose_name = "Demandes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let files that nothing holds go each night."""
        from guichet.arriere_plan.entretien import MENAGES
        from guichet.demandes.orphelins import purger_fichiers_orphelins

        MENAGES.append(purger_fichiers_orphelins)
