from django.apps import AppConfig


class DonneesConfig(AppConfig):
    """Personal data: how long they are kept, their erasure."""

    name = "consultation.ecoute.donnees"
    label = "donnees"
    verbose_name = "Données personnelles"
