from django.apps import AppConfig


class TachesConfig(AppConfig):
    name = "guichet.taches"
    label = "taches"
    verbose_name = "Tâches"
