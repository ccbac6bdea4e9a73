"""Addresses that only the platform asks for."""

from django.urls import path

from socle.supervision import views

urlpatterns = [
    path("sante/", views.sante, name="sante"),
    path("metrics", views.metriques, name="metrics"),
]
