from django.apps import AppConfig


class CommuneConfig(AppConfig):
    name = "consultation.ecoute.commune"
    label = "commune"
    verbose_name = "Commune"
