"""Requests: what a resident asked for, and everything that happens to it."""

from django.apps import AppConfig


class DemandesConfig(AppConfig):
    """Requests, drafts, and their history."""

    name = "guichet.demandes"
    label = "demandes"
    verbose_name = "Demandes"
    default_auto_field = "django.db.models.BigAutoField"
