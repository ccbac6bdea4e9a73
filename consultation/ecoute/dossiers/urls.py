"""Addresses of the team's pages over dossiers."""

from django.urls import path

from consultation.ecoute.dossiers.views import equipe as vues

app_name = "dossiers"
urlpatterns = [
    path("", vues.liste, name="liste"),
    path("nouveau/", vues.nouveau, name="nouveau"),
    path("<slug:slug>/", vues.dossier, name="dossier"),
    path("<slug:slug>/modifier/<slug:partie>/", vues.modifier, name="modifier"),
    path("<slug:slug>/publier/<slug:genre>/", vues.publier, name="publier"),
    path("<slug:slug>/prolonger/", vues.prolonger, name="prolonger"),
    path("<slug:slug>/etape/<slug:etat>/", vues.avancer, name="avancer"),
    path("<slug:slug>/conformite/", vues.conformite, name="conformite"),
    path("<slug:slug>/conformite.pdf", vues.conformite_pdf, name="conformite_pdf"),
    path("<slug:slug>/population/", vues.population, name="population"),
    path("<slug:slug>/population/importer/", vues.importer_population, name="importer_population"),
    path("<slug:slug>/population/nouveau/", vues.critere, name="nouveau_critere"),
    path("<slug:slug>/population/<int:pk>/", vues.critere, name="critere"),
]
