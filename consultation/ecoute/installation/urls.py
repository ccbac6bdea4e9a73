"""Addresses that only the platform asks for."""

from django.urls import path

from consultation.ecoute.installation import vues

app_name = "installation"
urlpatterns = [
    path("sante/", vues.sante, name="sante"),
    path("metrics", vues.metriques, name="metrics"),
]
