from django.apps import AppConfig


class BoiteConfig(AppConfig):
    """Opinions that come by e-mail."""

    name = "consultation.ecoute.boite"
    label = "boite"
    verbose_name = "E-mails reçus"
