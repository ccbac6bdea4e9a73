"""Addresses of data protection."""

from django.urls import path

from consultation.ecoute.donnees import vues

app_name = "donnees"
urlpatterns = [
    path("dossiers/<slug:slug>/donnees/", vues.fiche, name="fiche"),
    path("dossiers/<slug:slug>/donnees/approuver/", vues.approuver, name="approuver"),
]
