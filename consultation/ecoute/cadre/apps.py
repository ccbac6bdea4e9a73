from django.apps import AppConfig


class CadreConfig(AppConfig):
    name = "consultation.ecoute.cadre"
    label = "cadre"
    verbose_name = "Cadre des pages"
