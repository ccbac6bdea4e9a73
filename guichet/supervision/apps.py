from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "guichet.supervision"
    label = "supervision"
    verbose_name = "Supervision"
