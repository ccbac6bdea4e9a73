"""Addresses of the mails received for a dossier."""

from django.urls import path

from consultation.ecoute.boite import views

app_name = "boite"
urlpatterns = [
    path("<slug:slug>/e-mails/", views.liste, name="liste"),
    path("<slug:slug>/e-mails/importer/", views.deposer, name="deposer"),
    path("<slug:slug>/e-mails/relever/", views.relever, name="relever"),
    path("<slug:slug>/e-mails/<int:pk>/", views.relire, name="relire"),
]
