"""Addresses of the team's pages over the follow-ups."""

from django.urls import path

from consultation.ecoute.suites.vues import equipe as vues

app_name = "suites"
urlpatterns = [
    path("<slug:slug>/suites/", vues.suites, name="suites"),
    path("<slug:slug>/suites/constats/nouveau/", vues.constat, name="nouveau_constat"),
    path("<slug:slug>/suites/constats/<int:pk>/", vues.constat, name="constat"),
    path("<slug:slug>/suites/constats/<int:pk>/citer/", vues.citer, name="citer"),
    path("<slug:slug>/suites/extraits/<int:pk>/", vues.permettre, name="permettre"),
    path("<slug:slug>/suites/propositions/nouvelle/", vues.proposition, name="nouvelle_proposition"),
    path("<slug:slug>/suites/propositions/<int:pk>/", vues.proposition, name="proposition"),
    path("<slug:slug>/suites/propositions/<int:pk>/decider/", vues.decider, name="decider"),
    path("<slug:slug>/suites/propositions/<int:proposition>/action/", vues.action, name="nouvelle_action"),
    path("<slug:slug>/suites/actions/<int:pk>/", vues.action, name="action"),
]
