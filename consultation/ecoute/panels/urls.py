"""Addresses of the team's pages over panels."""

from django.urls import path

from consultation.ecoute.panels.views import equipe as vues
from consultation.ecoute.panels.views import volontaires

app_name = "panels"
urlpatterns = [
    path("dossiers/<slug:slug>/panels/", vues.liste, name="liste"),
    path("dossiers/<slug:slug>/panels/nouveau/", vues.nouveau, name="nouveau"),
    path("panels/<int:pk>/", vues.panel, name="panel"),
    path("panels/<int:pk>/modifier/", vues.modifier, name="modifier"),
    path("panels/<int:pk>/quotas/", vues.quotas, name="quotas"),
    path("panels/<int:pk>/quotas/population/", vues.proposer, name="proposer"),
    path("panels/<int:pk>/volontaires/", volontaires.liste, name="volontaires"),
    path("panels/<int:pk>/volontaires/nouveau/", volontaires.nouveau, name="nouveau_volontaire"),
    path("panels/<int:pk>/volontaires/importer/", volontaires.importer, name="importer_volontaires"),
    path("panels/<int:pk>/volontaires/<str:code>/retirer/", volontaires.retirer, name="retirer_volontaire"),
    path("panels/<int:pk>/fichiers/<str:quoi>/", vues.fichier, name="fichier"),
    path("panels/<int:pk>/calculer/", vues.lancer, name="lancer"),
    path("panels/<int:pk>/suivi/", vues.suivi, name="suivi"),
    path("panels/<int:pk>/arreter/", vues.arreter, name="arreter"),
    path("panels/<int:pk>/assouplir/", vues.assouplir, name="assouplir"),
    path("panels/<int:pk>/annoncer/", vues.annoncer, name="annoncer"),
    path("panels/<int:pk>/tirer/", vues.tirer, name="tirer"),
    path("panels/<int:pk>/remplacer/<str:code>/", vues.remplacer, name="remplacer"),
    path("panels/<int:pk>/inviter/", vues.inviter, name="inviter"),
]
