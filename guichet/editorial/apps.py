from django.apps import AppConfig


class EditorialConfig(AppConfig):
    name = "guichet.editorial"
    label = "editorial"
    verbose_name = "Pages éditoriales"
