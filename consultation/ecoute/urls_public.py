"""Addresses that everybody may open."""

from django.urls import path

from consultation.ecoute.accueil.views_public import accueil
from consultation.ecoute.ateliers.views import public as ateliers
from consultation.ecoute.contributions.views import public as avis
from consultation.ecoute.dossiers.views import public as views
from consultation.ecoute.panels.views import public as panels
from consultation.ecoute.satisfaction.views import public as satisfaction
from consultation.ecoute.suites.views import public as suites

app_name = "public"
urlpatterns = [
    path("", accueil, name="accueil"),
    path("consultations/<slug:slug>/", views.consultation, name="consultation"),
    path("consultations/<slug:slug>/publications/", views.versions, name="versions"),
    path("consultations/<slug:slug>/publications/preuve.json", views.preuve, name="preuve"),
    path("consultations/<slug:slug>/publications/preuve.zip", views.preuve_zip, name="preuve_zip"),
    path("consultations/<slug:slug>/publications/<int:numero>/fichier/", views.fichier, name="fichier"),
    path("consultations/<slug:slug>/donner-mon-avis/", avis.donner, name="donner"),
    path("consultations/<slug:slug>/merci/<str:recu>/", avis.merci, name="merci"),
    path("ateliers/<int:pk>/inscription/", ateliers.inscription, name="inscription"),
    path("ateliers/<int:pk>/inscription/<slug:suite>/", ateliers.demande, name="demande"),
    path("ma-place/<str:jeton>/", ateliers.ma_place, name="ma_place"),
    path("ma-place/<str:jeton>/atelier.ics", ateliers.calendrier, name="calendrier"),
    path("panels/<int:pk>/", panels.tirage, name="tirage"),
    path("panels/<int:pk>/liste.csv", panels.liste, name="liste_panel"),
    path("panels/<int:pk>/volontaire/", panels.volontaire, name="volontaire"),
    path("panels/<int:pk>/volontaire/<slug:suite>/", panels.candidature, name="candidature"),
    path("mon-tirage/<str:jeton>/", panels.mon_tirage, name="mon_tirage"),
    path("consultations/<slug:slug>/vous-avez-dit/", suites.vous_avez_dit, name="vous_avez_dit"),
    path("consultations/<slug:slug>/vous-avez-dit/rapport.pdf", suites.rapport, name="rapport"),
    path("consultations/<slug:slug>/vous-avez-dit/avis.csv", suites.avis_csv, name="avis_csv"),
    path("consultations/<slug:slug>/vous-avez-dit/avis.schema.json", suites.avis_schema, name="avis_schema"),
    path("avis/", satisfaction.choisir, name="avis_demarches"),
    path("avis/<slug:slug>/", satisfaction.donner, name="avis"),
    path("avis/<slug:slug>/merci/", satisfaction.merci, name="avis_merci"),
    path("consultations/<slug:slug>/vous-avez-dit/donnees.zip", suites.paquet, name="donnees_ouvertes"),
    path("consultations/<slug:slug>/vous-avez-dit/actions/<int:pk>/", suites.action, name="action"),
    path("consultations/<slug:slug>/vous-avez-dit/actions/<int:pk>/document/", suites.document, name="document_action"),
    path("donnees-personnelles/", views.donnees_personnelles, name="donnees"),
    path("mentions-legales/", views.mentions, name="mentions"),
    path("accessibilite/", views.accessibilite, name="accessibilite"),
]
