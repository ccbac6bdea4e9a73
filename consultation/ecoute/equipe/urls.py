"""Addresses of the team's accounts."""

from django.urls import path

from consultation.ecoute.equipe import vues

app_name = "equipe"
urlpatterns = [
    path("premiers-pas/", vues.premiers_pas, name="premiers_pas"),
    path("connexion/", vues.connexion, name="connexion"),
    path("deconnexion/", vues.deconnexion, name="deconnexion"),
    path("mon-compte/", vues.moi, name="moi"),
    path("commune/", vues.commune, name="commune"),
    path("comptes/", vues.comptes, name="comptes"),
    path("comptes/nouveau/", vues.nouveau_compte, name="nouveau_compte"),
    path("comptes/<int:pk>/", vues.modifier_compte, name="modifier_compte"),
]
