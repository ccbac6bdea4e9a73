from django.apps import AppConfig


class ComposantsConfig(AppConfig):
    name = "socle.composants"
    label = "composants"
    verbose_name = "Composants des pages"
