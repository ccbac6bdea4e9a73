"""Addresses of the agents' pages.

What follows a request's reference in one word is an act of its workflow; pages of ours have two words there.
"""

from django.urls import path

from guichet.instruction.views import (
    accueil,
    actions,
    decisions,
    demande,
    export,
    lettres,
    liste,
    lot,
    passation,
    pieces,
    preferences,
    presence,
    renseigner,
    saisie,
    vues_enregistrees,
)

app_name = "instruction"
urlpatterns = [
    path("", accueil.accueil, name="accueil"),
    path("raccourcis/", preferences.raccourcis, name="raccourcis"),
    path("renseigner/", renseigner.renseigner, name="renseigner"),
    path("saisie/", saisie.choisir, name="saisie_choisir"),
    path("saisie/enregistree/<str:reference>/", saisie.faite, name="saisie_faite"),
    path("saisie/enregistree/<str:reference>/accuse.pdf", saisie.accuse, name="saisie_accuse"),
    path("saisie/<slug:slug>/", saisie.debut, name="saisie_debut"),
    path("saisie/<slug:slug>/<uuid:identifiant>/", saisie.saisir, name="saisie"),
    path("saisie/<slug:slug>/<uuid:identifiant>/verifier/", saisie.verifier, name="saisie_verifier"),
    path("saisie/<slug:slug>/<uuid:identifiant>/abandonner/", saisie.abandonner, name="saisie_abandonner"),
    path("saisie/<slug:slug>/<uuid:identifiant>/fichiers/<int:cle>/", saisie.fichier, name="saisie_fichier"),
    path("saisie/<slug:slug>/<uuid:identifiant>/<str:champ>/<int:rang>/", saisie.element, name="saisie_element"),
    path("demandes/", liste.liste, name="liste"),
    path("lettres/", lettres.a_imprimer, name="lettres"),
    path("lettres/imprimer/", lettres.imprimer, name="lettres_imprimer"),
    path("demandes/retards/", liste.retards, name="retards"),
    path("demandes/export/", export.page, name="export"),
    path("demandes/export/demandes.<str:extension>", export.fichier, name="export_fichier"),
    path("demandes/vues/nouvelle/", vues_enregistrees.nouvelle, name="vue_nouvelle"),
    path("demandes/vues/<int:cle>/", vues_enregistrees.modifier, name="vue"),
    path("demandes/vues/<int:cle>/supprimer/", vues_enregistrees.supprimer, name="vue_supprimer"),
    path("demandes/lot/", lot.agir, name="lot"),
    path("demandes/<str:reference>/", demande.demande, name="demande"),
    path("demandes/<str:reference>/lecteurs/presence/", presence.lecteurs, name="presence"),
    path("demandes/<str:reference>/collegue/confier/", passation.confier, name="confier"),
    path("demandes/<str:reference>/collegue/reprendre/", passation.reprendre, name="confier_annuler"),
    path("demandes/<str:reference>/lettres/<int:cle>/", demande.lettre, name="lettre"),
    path("demandes/<str:reference>/lettres/<int:cle>/organisme/", demande.lettre_organisme, name="lettre_organisme"),
    path("demandes/<str:reference>/transmission/faite/", demande.transmise, name="transmise"),
    path("demandes/<str:reference>/transmission/annuler/", demande.annuler_transmission, name="annuler_transmission"),
    path("demandes/<str:reference>/decision/retirer/", decisions.retirer, name="retirer_decision"),
    path("demandes/<str:reference>/decision/attestation.pdf", decisions.attestation, name="attestation"),
    path("demandes/<str:reference>/pieces/<int:cle>/", pieces.piece, name="piece"),
    path("demandes/<str:reference>/pieces/<int:cle>/vignette/", pieces.vignette, name="vignette"),
    path("demandes/<str:reference>/pieces/<int:cle>/apercu/", pieces.apercu, name="apercu"),
    path("demandes/<str:reference>/<slug:chemin>/", actions.agir, name="action"),
]
