from django.apps import AppConfig


class CadreConfig(AppConfig):
    """Frame of the pages."""

    name = "consultation.ecoute.cadre"
    label = "cadre"
    verbose_name = "Cadre des pages"
