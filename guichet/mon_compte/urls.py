"""Addresses of sign-up and profile."""

from django.urls import path

from guichet.mon_compte.views import adresse, espace, inscription

app_name = "comptes"
urlpatterns = [
    path("compte/", espace.profil, name="profil"),
    path("compte/nom/", espace.nom, name="nom"),
    path("compte/adresse/", adresse.demander, name="adresse"),
    path("compte/adresse/<str:jeton>/", adresse.confirmer, name="adresse_confirmer"),
    path("compte/coordonnees/", espace.coordonnees, name="coordonnees"),
    path("compte/preferences/", espace.preferences, name="preferences"),
    path("compte/supprimer/", espace.supprimer, name="supprimer"),
    path("compte/inscription/", inscription.inscription, name="inscription"),
    path("compte/inscription/envoyee/", inscription.inscription_envoyee, name="inscription_envoyee"),
    path("compte/inscription/terminee/", inscription.inscription_terminee, name="inscription_terminee"),
    path("compte/inscription/<str:jeton>/", inscription.choisir_mot_de_passe, name="choisir_mot_de_passe"),
]
