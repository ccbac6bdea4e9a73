"""Addresses: `/` for everybody, `/equipe/` for the team."""

from django.urls import include, path, re_path

from consultation.ecoute.accueil.views import accueil, aide, recherche
from consultation.ecoute.cadre.charte import charte
from consultation.ecoute.contributions.views import equipe as avis
from consultation.ecoute.equipe.views_journal import journal
from socle.erreurs import handler400, handler403, handler404, handler500  # noqa: F401 - Django reads them here

urlpatterns = [
    re_path(r"^charte/(?P<nom>charte\.css|logo\.svg)$", charte, name="charte"),
    path("", include("consultation.ecoute.urls_public")),
    path("", include(("socle.supervision.urls", "installation"))),
    path("", include(("socle.envois.reception", "envois"))),
    path("equipe/", accueil, name="accueil"),
    path("equipe/aide/", aide, name="aide"),
    path("equipe/recherche/", recherche, name="recherche"),
    path("equipe/journal/", journal, name="journal"),
    path("equipe/dossiers/", include("consultation.ecoute.dossiers.urls")),
    path("equipe/dossiers/", include("consultation.ecoute.contributions.urls")),
    path("equipe/dossiers/", include("consultation.ecoute.boite.urls")),
    path("equipe/dossiers/", include("consultation.ecoute.lecture.urls")),
    path("equipe/dossiers/", include("consultation.ecoute.suites.urls")),
    path("equipe/saisie/", avis.choisir, name="choisir"),
    path("equipe/saisie/<slug:slug>/", avis.saisir, name="saisir"),
    path("equipe/", include("consultation.ecoute.ateliers.urls")),
    path("equipe/", include("consultation.ecoute.panels.urls")),
    path("equipe/", include("consultation.ecoute.equipe.urls")),
    path("equipe/", include("consultation.ecoute.donnees.urls")),
    path("equipe/", include("consultation.ecoute.satisfaction.urls")),
]
