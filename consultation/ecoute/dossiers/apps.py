from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "consultation.ecoute.dossiers"
    label = "dossiers"
    verbose_name = "Dossiers"
