from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The chained log of acts."""

    name = "consultation.ecoute.journal"
    label = "journal"
    verbose_name = "Journal"
