"""Addresses of the team's pages over panels."""

from django.urls import path

from consultation.ecoute.panels.views import equipe as views
from consultation.ecoute.panels.views import volontaires

app_name = "panels"
urlpatterns = [
    path("dossiers/<slug:slug>/panels/", views.liste, name="liste"),
    path("dossiers/<slug:slug>/panels/nouveau/", views.nouveau, name="nouveau"),
    path("panels/<int:pk>/", views.panel, name="panel"),
    path("panels/<int:pk>/modifier/", views.modifier, name="modifier"),
    path("panels/<int:pk>/quotas/", views.quotas, name="quotas"),
    path("panels/<int:pk>/quotas/population/", views.proposer, name="proposer"),
    path("panels/<int:pk>/volontaires/", volontaires.liste, name="volontaires"),
    path("panels/<int:pk>/volontaires/nouveau/", volontaires.nouveau, name="nouveau_volontaire"),
    path("panels/<int:pk>/volontaires/importer/", volontaires.importer, name="importer_volontaires"),
    path("panels/<int:pk>/volontaires/<str:code>/retirer/", volontaires.retirer, name="retirer_volontaire"),
    path("panels/<int:pk>/volontaires/<str:code>/confirmer/", volontaires.confirmer, name="confirmer_volontaire"),
    path("panels/<int:pk>/foyers/", volontaires.foyers_, name="foyers"),
    path("panels/<int:pk>/fichiers/<str:quoi>/", views.fichier, name="fichier"),
    path("panels/<int:pk>/calculer/", views.lancer, name="lancer"),
    path("panels/<int:pk>/suivi/", views.suivi, name="suivi"),
    path("panels/<int:pk>/arreter/", views.arreter, name="arreter"),
    path("panels/<int:pk>/assouplir/", views.assouplir, name="assouplir"),
    path("panels/<int:pk>/annoncer/", views.annoncer, name="annoncer"),
    path("panels/<int:pk>/tirer/", views.tirer, name="tirer"),
    path("panels/<int:pk>/remplacer/<str:code>/", views.remplacer, name="remplacer"),
    path("panels/<int:pk>/inviter/", views.inviter, name="inviter"),
]
