"""Addresses of the team's pages over the follow-ups."""

from django.urls import path

from consultation.ecoute.suites.views import actions, constats, propositions

app_name = "suites"
urlpatterns = [
    path("<slug:slug>/suites/", constats.suites, name="suites"),
    path("<slug:slug>/suites/verifier/", constats.verifier, name="verifier"),
    path("<slug:slug>/suites/constats/nouveau/", constats.constat, name="nouveau_constat"),
    path("<slug:slug>/suites/constats/<int:pk>/", constats.constat, name="constat"),
    path("<slug:slug>/suites/constats/<int:pk>/citer/", constats.citer, name="citer"),
    path("<slug:slug>/suites/constats/<int:constat>/proposition/", propositions.proposition, name="proposition_pour"),
    path("<slug:slug>/suites/extraits/<int:pk>/", constats.permettre, name="permettre"),
    path("<slug:slug>/suites/extraits/<int:pk>/retirer/", constats.retirer, name="retirer"),
    path("<slug:slug>/suites/avis/<int:numero>/", constats.devenir, name="devenir"),
    path("<slug:slug>/suites/priorites/", propositions.priorites, name="priorites"),
    path("<slug:slug>/suites/propositions/nouvelle/", propositions.proposition, name="nouvelle_proposition"),
    path("<slug:slug>/suites/propositions/<int:pk>/", propositions.proposition, name="proposition"),
    path("<slug:slug>/suites/propositions/<int:pk>/decider/", propositions.decider, name="decider"),
    path("<slug:slug>/suites/propositions/<int:pk>/action/", actions.nouvelle, name="nouvelle_action"),
    path("<slug:slug>/suites/actions/<int:pk>/", actions.action, name="action"),
    path("<slug:slug>/suites/actions/<int:pk>/suivre/", actions.suivre, name="suivre"),
    path("<slug:slug>/suites/actions/<int:pk>/document/", actions.document, name="document"),
    path("<slug:slug>/suites/actions/<int:pk>/changement/", actions.relier, name="relier"),
    path("<slug:slug>/suites/changements/<int:pk>/retirer/", actions.delier, name="delier"),
    path("<slug:slug>/suites/actions/<int:pk>/indicateur/", actions.indicateur, name="nouvel_indicateur"),
    path("<slug:slug>/suites/actions/<int:pk>/indicateur/<int:cle>/", actions.indicateur, name="indicateur"),
    path("<slug:slug>/suites/indicateurs/<int:pk>/relever/", actions.relever, name="relever"),
]
