from django.apps import AppConfig


class DonneesConfig(AppConfig):
    name = "consultation.ecoute.donnees"
    label = "donnees"
    verbose_name = "Données personnelles"
