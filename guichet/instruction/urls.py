"""Addresses of the agents' pages."""

from django.urls import path

from .views import accueil, actions, demande, pieces

app_name = "instruction"
urlpatterns = [
    path("", accueil.accueil, name="accueil"),
    path("demandes/", accueil.liste, name="liste"),
    path("demandes/<str:reference>/", demande.demande, name="demande"),
    path("demandes/<str:reference>/pieces/<int:cle>/", pieces.piece, name="piece"),
    path("demandes/<str:reference>/pieces/<int:cle>/vignette/", pieces.vignette, name="vignette"),
    path("demandes/<str:reference>/<slug:chemin>/", actions.agir, name="action"),
]
