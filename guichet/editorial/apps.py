from django.apps import AppConfig


class EditorialConfig(AppConfig):
    """Editorial pages."""

    name = "guichet.editorial"
    label = "editorial"
    verbose_name = "Pages éditoriales"
