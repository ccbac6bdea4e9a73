"""Addresses of the mails received for a dossier."""

from django.urls import path

from consultation.ecoute.boite import vues

app_name = "boite"
urlpatterns = [
    path("<slug:slug>/e-mails/", vues.liste, name="liste"),
    path("<slug:slug>/e-mails/importer/", vues.deposer, name="deposer"),
    path("<slug:slug>/e-mails/relever/", vues.relever, name="relever"),
    path("<slug:slug>/e-mails/<int:pk>/", vues.relire, name="relire"),
]
