"""Procedures: what a resident may ask for, described as data."""

from django.apps import AppConfig


class DemarchesConfig(AppConfig):
    """Procedures, services and workflows."""

    name = "guichet.demarches"
    label = "demarches"
    verbose_name = "Démarches"
    default_auto_field = "django.db.models.BigAutoField"
