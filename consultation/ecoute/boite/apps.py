from django.apps import AppConfig


class BoiteConfig(AppConfig):
    name = "consultation.ecoute.boite"
    label = "boite"
    verbose_name = "E-mails reçus"
