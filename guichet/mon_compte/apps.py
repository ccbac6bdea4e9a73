from django.apps import AppConfig


class MonCompteConfig(AppConfig):
    name = "guichet.mon_compte"
    label = "mon_compte"
    verbose_name = "Mon compte"
