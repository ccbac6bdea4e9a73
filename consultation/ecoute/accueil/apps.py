from django.apps import AppConfig


class AccueilConfig(AppConfig):
    """Pages that anyone reads first."""

    name = "consultation.ecoute.accueil"
    label = "accueil"
    verbose_name = "Accueil"
