from django.apps import AppConfig


class AccueilConfig(AppConfig):
    name = "consultation.ecoute.accueil"
    label = "accueil"
    verbose_name = "Accueil"
