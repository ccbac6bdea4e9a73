from django.apps import AppConfig


class IdentiteConfig(AppConfig):
    """Sign-in of both sites."""

    name = "guichet.identite"
    label = "identite"
    verbose_name = "Identité"
