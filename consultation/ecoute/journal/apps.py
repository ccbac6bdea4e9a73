from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "consultation.ecoute.journal"
    label = "journal"
    verbose_name = "Journal"
