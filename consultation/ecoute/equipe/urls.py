"""Addresses of the team's accounts."""

from django.urls import path

from consultation.ecoute.equipe import views
from socle.openid import views as openid

app_name = "equipe"
urlpatterns = [
    path("premiers-pas/", views.premiers_pas, name="premiers_pas"),
    path("connexion/", views.connexion, name="connexion"),
    path("deconnexion/", views.deconnexion, name="deconnexion"),
    path("oidc/retour/", openid.retour, name="oidc_retour"),
    path("deconnecte/", openid.deconnecte, name="deconnecte"),
    path("mon-compte/", views.moi, name="moi"),
    path("commune/", views.commune, name="commune"),
    path("comptes/", views.comptes, name="comptes"),
    path("comptes/nouveau/", views.nouveau_compte, name="nouveau_compte"),
    path("comptes/<int:pk>/", views.modifier_compte, name="modifier_compte"),
]
