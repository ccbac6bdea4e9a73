"""Addresses of the team's pages about procedures."""

from django.urls import path

from consultation.ecoute.satisfaction.views import equipe as views

app_name = "satisfaction"
urlpatterns = [
    path("demarches/", views.demarches, name="demarches"),
    path("demarches/nouvelle/", views.nouvelle, name="nouvelle"),
    path("demarches/d/<slug:slug>/", views.montrer, name="resultats"),
    path("demarches/d/<slug:slug>/modifier/", views.modifier, name="modifier"),
    path("demarches/d/<slug:slug>/saisir/", views.saisir, name="saisir"),
    path("demarches/d/<slug:slug>/papier.pdf", views.papier, name="papier"),
    path("demarches/d/<slug:slug>/reponses.csv", views.exporter, name="exporter"),
    path("demarches/d/<slug:slug>/suivre/", views.suivre, name="suivre"),
    path("demarches/d/<slug:slug>/reprendre/", views.reprendre, name="reprendre"),
    path("demarches/d/<slug:slug>/ecartees/", views.ecartees, name="ecartees"),
    path("demarches/d/<slug:slug>/reponses/<int:pk>/ecarter/", views.ecarter, name="ecarter"),
    path("demarches/d/<slug:slug>/reponses/<int:pk>/retablir/", views.retablir, name="retablir"),
]
