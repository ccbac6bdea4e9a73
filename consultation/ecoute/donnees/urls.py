"""Addresses of data protection."""

from django.urls import path

from consultation.ecoute.donnees import views

app_name = "donnees"
urlpatterns = [
    path("donnees/", views.accueil, name="accueil"),
    path("donnees/registre.pdf", views.registre_pdf, name="registre"),
    path("personne/", views.personne, name="personne"),
    path("personne/effacer/", views.effacer, name="effacer"),
    path("dossiers/<slug:slug>/donnees/", views.fiche, name="fiche"),
    path("dossiers/<slug:slug>/donnees/approuver/", views.approuver, name="approuver"),
    path("dossiers/<slug:slug>/donnees/visa/", views.visa, name="visa"),
    path("dossiers/<slug:slug>/donnees/versement/<int:pk>/", views.verser, name="verser"),
    path("dossiers/<slug:slug>/donnees/registre.pdf", views.registre_pdf, name="registre_dossier"),
    path("dossiers/<slug:slug>/conservation/", views.conservation, name="conservation"),
]
