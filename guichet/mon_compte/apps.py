from django.apps import AppConfig


class MonCompteConfig(AppConfig):
    """A resident's pages about their account."""

    name = "guichet.mon_compte"
    label = "mon_compte"
    verbose_name = "Mon compte"
