from django.apps import AppConfig


class PanelsConfig(AppConfig):
    """Panels drawn by lot."""

    name = "consultation.ecoute.panels"
    label = "panels"
    verbose_name = "Panels"
