"""Addresses of data protection."""

from django.urls import path

from consultation.ecoute.donnees import vues

app_name = "donnees"
urlpatterns = [
    path("donnees/", vues.accueil, name="accueil"),
    path("donnees/registre.pdf", vues.registre_pdf, name="registre"),
    path("personne/", vues.personne, name="personne"),
    path("personne/effacer/", vues.effacer, name="effacer"),
    path("dossiers/<slug:slug>/donnees/", vues.fiche, name="fiche"),
    path("dossiers/<slug:slug>/donnees/approuver/", vues.approuver, name="approuver"),
    path("dossiers/<slug:slug>/donnees/visa/", vues.visa, name="visa"),
    path("dossiers/<slug:slug>/donnees/versement/<int:pk>/", vues.verser, name="verser"),
    path("dossiers/<slug:slug>/donnees/registre.pdf", vues.registre_pdf, name="registre_dossier"),
    path("dossiers/<slug:slug>/conservation/", vues.conservation, name="conservation"),
]
