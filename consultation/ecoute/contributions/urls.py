"""Addresses of the team's pages over contributions."""

from django.urls import path

from consultation.ecoute.contributions.views import equipe as views

app_name = "contributions"
urlpatterns = [
    path("<slug:slug>/avis/", views.liste, name="liste"),
    path("<slug:slug>/avis/contacts/", views.contacts, name="contacts"),
    path("<slug:slug>/avis/ensemble/", views.ensemble, name="ensemble"),
    path("<slug:slug>/avis/importer/", views.importer, name="importer"),
    path("<slug:slug>/avis/bulletins.pdf", views.bulletins, name="bulletins"),
    path("<slug:slug>/avis/<int:numero>/", views.avis, name="avis"),
    path("<slug:slug>/avis/<int:numero>/ecarter/", views.ecarter, name="ecarter"),
    path("<slug:slug>/avis/<int:numero>/retablir/", views.retablir, name="retablir"),
]
