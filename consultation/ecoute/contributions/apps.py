from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    """Opinions."""

    name = "consultation.ecoute.contributions"
    label = "contributions"
    verbose_name = "Avis"
