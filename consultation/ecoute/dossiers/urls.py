"""Addresses of the team's pages over dossiers."""

from django.urls import path

from consultation.ecoute.dossiers.views import equipe as views

app_name = "dossiers"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("nouveau/", views.nouveau, name="nouveau"),
    path("<slug:slug>/", views.dossier, name="dossier"),
    path("<slug:slug>/modifier/<slug:partie>/", views.modifier, name="modifier"),
    path("<slug:slug>/publier/<slug:genre>/", views.publier, name="publier"),
    path("<slug:slug>/prolonger/", views.prolonger, name="prolonger"),
    path("<slug:slug>/etape/<slug:etat>/", views.avancer, name="avancer"),
    path("<slug:slug>/conformite/", views.conformite, name="conformite"),
    path("<slug:slug>/conformite.pdf", views.conformite_pdf, name="conformite_pdf"),
    path("<slug:slug>/population/", views.population, name="population"),
    path("<slug:slug>/population/importer/", views.importer_population, name="importer_population"),
    path("<slug:slug>/population/nouveau/", views.critere, name="nouveau_critere"),
    path("<slug:slug>/population/<int:pk>/", views.critere, name="critere"),
]
