from django.apps import AppConfig


class DossiersConfig(AppConfig):
    """Dossiers of consultation."""

    name = "consultation.ecoute.dossiers"
    label = "dossiers"
    verbose_name = "Dossiers"
