from django.apps import AppConfig


class IdentiteConfig(AppConfig):
    name = "guichet.identite"
    label = "identite"
    verbose_name = "Identité"
