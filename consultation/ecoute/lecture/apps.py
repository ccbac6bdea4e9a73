from django.apps import AppConfig


class LectureConfig(AppConfig):
    """Reading of opinions."""

    name = "consultation.ecoute.lecture"
    label = "lecture"
    verbose_name = "Lecture"
