"""Addresses of the team's pages over workshops."""

from django.urls import path

from consultation.ecoute.ateliers.vues import equipe as vues

app_name = "ateliers"
urlpatterns = [
    path("ateliers/", vues.plan, name="plan"),
    path("dossiers/<slug:slug>/ateliers/", vues.du_dossier, name="du_dossier"),
    path("dossiers/<slug:slug>/ateliers/nouveau/", vues.nouveau, name="nouveau"),
    path("ateliers/<int:pk>/", vues.atelier, name="atelier"),
    path("ateliers/<int:pk>/modifier/", vues.modifier, name="modifier"),
    path("ateliers/<int:pk>/ajouter/", vues.ajouter, name="ajouter"),
    path("ateliers/<int:pk>/inviter/", vues.inviter, name="inviter"),
    path("ateliers/<int:pk>/relancer/", vues.relancer, name="relancer"),
    path("ateliers/<int:pk>/lettres.pdf", vues.lettres, name="lettres"),
    path("ateliers/<int:pk>/feuilles.pdf", vues.feuilles, name="feuilles"),
    path("ateliers/<int:pk>/deroule/", vues.deroule, name="deroule"),
    path("ateliers/<int:pk>/deroule/modele/", vues.modele, name="modele"),
    path("ateliers/<int:pk>/deroule/<int:sequence>/", vues.moment, name="moment"),
    path("ateliers/<int:pk>/presences/", vues.presences, name="presences"),
    path("ateliers/<int:pk>/presences/<int:participant>/", vues.pointer, name="pointer"),
    path("ateliers/<int:pk>/arrivee/<str:jeton>/", vues.scanner, name="scanner"),
    path("ateliers/<int:pk>/table/<int:table>/", vues.notes, name="notes"),
    path("ateliers/<int:pk>/terminer/", vues.tenir, name="tenir"),
    path("ateliers/<int:pk>/annuler/", vues.annuler, name="annuler"),
]
