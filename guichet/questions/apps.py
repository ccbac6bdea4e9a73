from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    """No table: an app for its templates."""

    name = "guichet.questions"
    verbose_name = "Questions des démarches"
