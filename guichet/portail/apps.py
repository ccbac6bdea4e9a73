from django.apps import AppConfig


class PortailConfig(AppConfig):
    name = "guichet.portail"
    label = "portail"
    verbose_name = "Portail"
