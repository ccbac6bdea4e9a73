"""Residents' accounts: sign-up, profile, the town's directory."""

from django.apps import AppConfig


class ComptesConfig(AppConfig):
    """Residents' accounts."""

    name = "guichet.comptes"
    label = "comptes"
    verbose_name = "Comptes des usagers"
    default_auto_field = "django.db.models.BigAutoField"
