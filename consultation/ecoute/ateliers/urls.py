"""Addresses of the team's pages over workshops."""

from django.urls import path

from consultation.ecoute.ateliers.views import deroule, equipe, jour

app_name = "ateliers"
urlpatterns = [
    path("ateliers/", equipe.plan, name="plan"),
    path("ateliers/hors-ligne.js", jour.hors_ligne, name="hors_ligne"),
    path("dossiers/<slug:slug>/ateliers/", equipe.du_dossier, name="du_dossier"),
    path("dossiers/<slug:slug>/ateliers/nouveau/", equipe.nouveau, name="nouveau"),
    path("ateliers/<int:pk>/", equipe.atelier, name="atelier"),
    path("ateliers/<int:pk>/modifier/", equipe.modifier, name="modifier"),
    path("ateliers/<int:pk>/ajouter/", equipe.ajouter, name="ajouter"),
    path("ateliers/<int:pk>/inviter/", equipe.inviter, name="inviter"),
    path("ateliers/<int:pk>/relancer/", equipe.relancer, name="relancer"),
    path("ateliers/<int:pk>/terminer/", equipe.tenir, name="tenir"),
    path("ateliers/<int:pk>/annuler/", equipe.annuler, name="annuler"),
    path("ateliers/<int:pk>/lettres.pdf", deroule.lettres, name="lettres"),
    path("ateliers/<int:pk>/feuilles.pdf", deroule.feuilles, name="feuilles"),
    path("ateliers/<int:pk>/materiel.pdf", deroule.materiel, name="materiel"),
    path("ateliers/<int:pk>/guide/", deroule.guide, name="guide"),
    path("ateliers/<int:pk>/deroule/", deroule.deroule, name="deroule"),
    path("ateliers/<int:pk>/deroule/modele/", deroule.modele, name="modele"),
    path("ateliers/<int:pk>/deroule/nouveau/", deroule.nouveau_moment, name="nouveau_moment"),
    path("ateliers/<int:pk>/deroule/<int:sequence>/", deroule.moment, name="moment"),
    path("ateliers/<int:pk>/deroule/<int:sequence>/ranger/", deroule.ranger, name="ranger"),
    path("ateliers/<int:pk>/participants/<int:participant>/", jour.participant, name="participant"),
    path("ateliers/<int:pk>/participants/<int:participant>/modifier/", jour.modifier_participant,
         name="modifier_participant"),
    path("ateliers/<int:pk>/participants/<int:participant>/enlever/", jour.enlever_participant,
         name="enlever_participant"),
    path("ateliers/<int:pk>/presences/", jour.presences, name="presences"),
    path("ateliers/<int:pk>/presences/une-de-plus/", jour.arrivee, name="arrivee"),
    path("ateliers/<int:pk>/presences/<int:participant>/", jour.pointer, name="pointer"),
    path("ateliers/<int:pk>/arrivee/<str:jeton>/", jour.scanner, name="scanner"),
    path("ateliers/<int:pk>/table/<int:table>/", jour.table, name="table"),
    path("ateliers/<int:pk>/table/<int:table>/note/<int:note>/", jour.corriger_note, name="corriger_note"),
]  # fmt: skip
