"""Addresses of sign-up and profile."""

from django.urls import path

from . import vues

app_name = "comptes"
urlpatterns = [
    path("compte/", vues.profil, name="profil"),
    path("compte/inscription/", vues.inscription, name="inscription"),
    path("compte/inscription/envoyee/", vues.inscription_envoyee, name="inscription_envoyee"),
    path("compte/inscription/terminee/", vues.inscription_terminee, name="inscription_terminee"),
    path("compte/inscription/<str:jeton>/", vues.choisir_mot_de_passe, name="choisir_mot_de_passe"),
]
