from django.apps import AppConfig


class CommuneConfig(AppConfig):
    """The town and how to reach it."""

    name = "consultation.ecoute.commune"
    label = "commune"
    verbose_name = "Commune"
