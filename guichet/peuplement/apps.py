from django.apps import AppConfig


class PeuplementConfig(AppConfig):
    name = "guichet.peuplement"
    label = "peuplement"
    verbose_name = "Peuplement"
