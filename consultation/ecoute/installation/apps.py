from django.apps import AppConfig


class InstallationConfig(AppConfig):
    name = "consultation.ecoute.installation"
    label = "installation"
    verbose_name = "Installation"
