"""Addresses of the team's pages over contributions."""

from django.urls import path

from consultation.ecoute.contributions.views import equipe as vues

app_name = "contributions"
urlpatterns = [
    path("<slug:slug>/avis/", vues.liste, name="liste"),
    path("<slug:slug>/avis/contacts/", vues.contacts, name="contacts"),
    path("<slug:slug>/avis/importer/", vues.importer, name="importer"),
    path("<slug:slug>/avis/bulletins.pdf", vues.bulletins, name="bulletins"),
    path("<slug:slug>/avis/<int:numero>/", vues.avis, name="avis"),
    path("<slug:slug>/avis/<int:numero>/ecarter/", vues.ecarter, name="ecarter"),
    path("<slug:slug>/avis/<int:numero>/retablir/", vues.retablir, name="retablir"),
]
