from django.apps import AppConfig


class GabaritsConfig(AppConfig):
    """What the pages of both sites share: words, menus, frames."""

    name = "guichet.gabarits"
    label = "gabarits"
    verbose_name = "Gabarits"
