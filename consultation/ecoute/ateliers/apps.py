from django.apps import AppConfig


class AteliersConfig(AppConfig):
    name = "consultation.ecoute.ateliers"
    label = "ateliers"
    verbose_name = "Ateliers"
