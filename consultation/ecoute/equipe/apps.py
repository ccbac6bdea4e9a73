from django.apps import AppConfig


class EquipeConfig(AppConfig):
    name = "consultation.ecoute.equipe"
    label = "equipe"
    verbose_name = "Équipe"
