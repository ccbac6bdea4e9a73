"""Addresses that only the platform asks for."""

from django.urls import path

from consultation.ecoute.installation import views

app_name = "installation"
urlpatterns = [
    path("sante/", views.sante, name="sante"),
    path("metrics", views.metriques, name="metrics"),
]
