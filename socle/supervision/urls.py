"""Addresses that the platform asks for, and who looks after its security."""

from django.urls import path

from socle.supervision import views

urlpatterns = [
    path("sante/", views.sante, name="sante"),
    path("metrics", views.metriques, name="metrics"),
    path(".well-known/security.txt", views.signaler_une_faille, name="signaler_une_faille"),
]
