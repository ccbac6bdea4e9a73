from django.apps import AppConfig


class ComposantsConfig(AppConfig):
    """Components of pages."""

    name = "socle.composants"
    label = "composants"
    verbose_name = "Composants des pages"
