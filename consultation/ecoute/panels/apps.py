from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "consultation.ecoute.panels"
    label = "panels"
    verbose_name = "Panels"
