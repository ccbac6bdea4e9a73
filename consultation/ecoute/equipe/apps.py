from django.apps import AppConfig


class EquipeConfig(AppConfig):
    """The listening team: members, roles, sign-in."""

    name = "consultation.ecoute.equipe"
    label = "equipe"
    verbose_name = "Équipe"
