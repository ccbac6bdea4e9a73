from django.apps import AppConfig


class GabaritsConfig(AppConfig):
    name = "guichet.gabarits"
    label = "gabarits"
    verbose_name = "Gabarits"
