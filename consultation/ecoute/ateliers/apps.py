from django.apps import AppConfig


class AteliersConfig(AppConfig):
    """Workshops."""

    name = "consultation.ecoute.ateliers"
    label = "ateliers"
    verbose_name = "Ateliers"
