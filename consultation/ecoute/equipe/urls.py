"""Addresses of the team's accounts."""

from django.urls import path

from consultation.ecoute.equipe import vues, vues_openid

app_name = "equipe"
urlpatterns = [
    path("premiers-pas/", vues.premiers_pas, name="premiers_pas"),
    path("connexion/", vues.connexion, name="connexion"),
    path("deconnexion/", vues.deconnexion, name="deconnexion"),
    path("oidc/retour/", vues_openid.retour, name="oidc_retour"),
    path("deconnecte/", vues_openid.deconnecte, name="deconnecte"),
    path("mon-compte/", vues.moi, name="moi"),
    path("commune/", vues.commune, name="commune"),
    path("comptes/", vues.comptes, name="comptes"),
    path("comptes/nouveau/", vues.nouveau_compte, name="nouveau_compte"),
    path("comptes/<int:pk>/", vues.modifier_compte, name="modifier_compte"),
]
