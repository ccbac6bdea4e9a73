"""Addresses of the team's pages about procedures."""

from django.urls import path

from consultation.ecoute.satisfaction.views import equipe as vues

app_name = "satisfaction"
urlpatterns = [
    path("demarches/", vues.demarches, name="demarches"),
    path("demarches/nouvelle/", vues.nouvelle, name="nouvelle"),
    path("demarches/d/<slug:slug>/", vues.montrer, name="resultats"),
    path("demarches/d/<slug:slug>/modifier/", vues.modifier, name="modifier"),
    path("demarches/d/<slug:slug>/saisir/", vues.saisir, name="saisir"),
    path("demarches/d/<slug:slug>/papier.pdf", vues.papier, name="papier"),
    path("demarches/d/<slug:slug>/reponses.csv", vues.exporter, name="exporter"),
    path("demarches/d/<slug:slug>/suivre/", vues.suivre, name="suivre"),
    path("demarches/d/<slug:slug>/reprendre/", vues.reprendre, name="reprendre"),
    path("demarches/d/<slug:slug>/ecartees/", vues.ecartees, name="ecartees"),
    path("demarches/d/<slug:slug>/reponses/<int:pk>/ecarter/", vues.ecarter, name="ecarter"),
    path("demarches/d/<slug:slug>/reponses/<int:pk>/retablir/", vues.retablir, name="retablir"),
]
