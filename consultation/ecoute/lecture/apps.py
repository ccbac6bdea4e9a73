from django.apps import AppConfig


class LectureConfig(AppConfig):
    name = "consultation.ecoute.lecture"
    label = "lecture"
    verbose_name = "Lecture"
