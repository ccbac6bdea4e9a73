"""Addresses of data protection."""

from django.urls import path

from consultation.ecoute.donnees import vues

app_name = "donnees"
urlpatterns = [
    path("dossiers/<slug:slug>/donnees/", vues.fiche, name="fiche"),
    path("personne/", vues.personne, name="personne"),
    path("dossiers/<slug:slug>/conservation/", vues.conservation, name="conservation"),
    path("dossiers/<slug:slug>/donnees/approuver/", vues.approuver, name="approuver"),
]
