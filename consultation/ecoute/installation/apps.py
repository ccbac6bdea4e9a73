from django.apps import AppConfig


class InstallationConfig(AppConfig):
    """Installation of the application."""

    name = "consultation.ecoute.installation"
    label = "installation"
    verbose_name = "Installation"
