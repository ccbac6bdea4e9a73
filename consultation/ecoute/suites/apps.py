from django.apps import AppConfig


class SuitesConfig(AppConfig):
    name = "consultation.ecoute.suites"
    label = "suites"
    verbose_name = "Suites"
