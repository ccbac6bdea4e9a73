from django.apps import AppConfig


class SatisfactionConfig(AppConfig):
    """Opinions on procedures."""

    name = "consultation.ecoute.satisfaction"
    label = "satisfaction"
    verbose_name = "Avis sur les démarches"
