"""Addresses of the residents' pages."""

from django.urls import path

from guichet.portail.views import catalogue, completer, demande, depot, envoi, espace, joindre, reprise, suivi

app_name = "portail"
REMPLIR = "demarches/<slug:slug>/remplir/<uuid:identifiant>/"
urlpatterns = [
    path("demarches/", catalogue.liste, name="demarches"),
    path("demarches/<slug:slug>/", catalogue.demarche, name="demarche"),
    path("orientation/<slug:slug>/", catalogue.orientation, name="orientation"),
    path("demarches/<slug:slug>/remplir/", depot.commencer, name="commencer"),
    path(f"{REMPLIR}verifier/", envoi.verifier, name="verifier"),
    path(f"{REMPLIR}enregistrer/", reprise.enregistrer, name="enregistrer"),
    path(f"{REMPLIR}code/", reprise.code, name="code_reprise"),
    path(f"{REMPLIR}abandonner/", depot.abandonner, name="abandonner"),
    path(f"{REMPLIR}fichiers/<int:cle>/", depot.fichier, name="fichier_brouillon"),
    path(f"{REMPLIR}<slug:nom>/", depot.etape, name="etape"),
    path(f"{REMPLIR}<slug:nom>/attention/", depot.attention, name="attention"),
    path(f"{REMPLIR}<slug:nom>/<slug:champ>/<int:rang>/", depot.element, name="element"),
    path("reprendre/", reprise.reprendre, name="reprendre"),
    path("demandes/envoyee/<str:reference>/", envoi.envoyee, name="envoyee"),
    path("mes-demarches/", espace.mes_demarches, name="mes_demarches"),
    path("mes-demarches/messages/", espace.messages, name="messages"),
    path("mes-demarches/documents/", espace.documents, name="documents"),
    path("mes-demarches/mes-donnees/", espace.mes_donnees, name="mes_donnees"),
    path("mes-demarches/<str:reference>/", demande.demande, name="demande"),
    path("mes-demarches/<str:reference>/completer/", completer.completer, name="completer"),
    path("mes-demarches/<str:reference>/retirer/", demande.retirer, name="retirer"),
    path("mes-demarches/<str:reference>/joindre/", joindre.joindre, name="joindre"),
    path("mes-demarches/<str:reference>/reprendre/", demande.reprendre, name="reprendre_demande"),
    path("mes-demarches/<str:reference>/fermer/", demande.fermer, name="fermer"),
    path("mes-demarches/<str:reference>/rattacher/", demande.rattacher, name="rattacher"),
    path("mes-demarches/<str:reference>/accuse.pdf", demande.accuse_pdf, name="accuse_pdf"),
    path("mes-demarches/<str:reference>/attestation.pdf", demande.attestation_pdf, name="attestation_pdf"),
    path("mes-demarches/<str:reference>/fichiers/<int:cle>/", demande.piece, name="piece"),
    path("session/prolonger/", espace.prolonger, name="prolonger"),
    path("suivi/", suivi.suivi, name="suivi"),
]
