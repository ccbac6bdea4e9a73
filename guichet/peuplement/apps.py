from django.apps import AppConfig


class PeuplementConfig(AppConfig):
    """An invented year."""

    name = "guichet.peuplement"
    label = "peuplement"
    verbose_name = "Peuplement"
