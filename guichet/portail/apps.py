from django.apps import AppConfig


class PortailConfig(AppConfig):
    """The residents' pages."""

    name = "guichet.portail"
    label = "portail"
    verbose_name = "Portail"
