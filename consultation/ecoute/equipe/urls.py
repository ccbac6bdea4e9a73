"""Addresses of the team's accounts."""

from django.urls import path

from consultation.ecoute.equipe import views, views_openid

app_name = "equipe"
urlpatterns = [
    path("premiers-pas/", views.premiers_pas, name="premiers_pas"),
    path("connexion/", views.connexion, name="connexion"),
    path("deconnexion/", views.deconnexion, name="deconnexion"),
    path("oidc/retour/", views_openid.retour, name="oidc_retour"),
    path("deconnecte/", views_openid.deconnecte, name="deconnecte"),
    path("mon-compte/", views.moi, name="moi"),
    path("commune/", views.commune, name="commune"),
    path("comptes/", views.comptes, name="comptes"),
    path("comptes/nouveau/", views.nouveau_compte, name="nouveau_compte"),
    path("comptes/<int:pk>/", views.modifier_compte, name="modifier_compte"),
]
