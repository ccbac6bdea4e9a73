"""Requests: what a resident asked for, and everything that happens to it."""

from django.apps import AppConfig


class DemandesConfig(AppConfig):
    name = "guichet.demandes"
    label = "demandes"
    verbose_name = "Demandes"
    default_auto_field = "django.db.models.BigAutoField"
