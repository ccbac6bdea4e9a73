from django.apps import AppConfig


class ArrierePlanConfig(AppConfig):
    """The queue of tasks."""

    name = "guichet.arriere_plan"
    label = "arriere_plan"
    verbose_name = "Arrière-plan"
