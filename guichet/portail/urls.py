"""Addresses of the residents' pages."""

from django.urls import path

from .vues import catalogue, depot, envoi, espace, reprise

app_name = "portail"
REMPLIR = "demarches/<slug:slug>/remplir/<uuid:identifiant>/"
urlpatterns = [
    path("demarches/", catalogue.liste, name="demarches"),
    path("demarches/<slug:slug>/", catalogue.demarche, name="demarche"),
    path("demarches/<slug:slug>/remplir/", depot.commencer, name="commencer"),
    path(f"{REMPLIR}verifier/", envoi.verifier, name="verifier"),
    path(f"{REMPLIR}enregistrer/", reprise.enregistrer, name="enregistrer"),
    path(f"{REMPLIR}abandonner/", depot.abandonner, name="abandonner"),
    path(f"{REMPLIR}fichiers/<int:cle>/", depot.fichier, name="fichier_brouillon"),
    path(f"{REMPLIR}<slug:nom>/", depot.etape, name="etape"),
    path(f"{REMPLIR}<slug:nom>/<slug:champ>/<int:rang>/", depot.element, name="element"),
    path("reprendre/", reprise.reprendre, name="reprendre"),
    path("demandes/envoyee/<str:reference>/", envoi.envoyee, name="envoyee"),
    path("mes-demarches/", espace.mes_demarches, name="mes_demarches"),
    path("mes-demarches/<str:reference>/", espace.demande, name="demande"),
    path("mes-demarches/<str:reference>/rattacher/", espace.rattacher, name="rattacher"),
    path("mes-demarches/<str:reference>/fichiers/<int:cle>/", espace.piece, name="piece"),
    path("suivi/", espace.suivi, name="suivi"),
]
