"""Home and help of the team."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultation.ecoute.accueil.a_faire import a_faire, agenda
from consultation.ecoute.accueil.recherche import chercher
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.acces import LIRE, reserve
from consultation.ecoute.equipe.models import Membre

DATES = 8  # dates to come on the home page


@require_safe
@reserve()
def accueil(request: HttpRequest, membre: Membre) -> HttpResponse:
    """What to do now, and by when."""
    maintenant = timezone.now()
    return render(request, "accueil/accueil.html", {
        "titre": "Que faire maintenant", "taches": a_faire(membre, maintenant),
        "agenda": agenda(membre, maintenant)[:DATES], "vide": not Dossier.objects.exists(), "page_active": "accueil",
    })  # fmt: skip


@require_safe
@reserve(LIRE)
def recherche(request: HttpRequest, membre: Membre) -> HttpResponse:
    """One search over everything the team wrote and heard."""
    q = request.GET.get("q", "").replace("\x00", "")[:100].strip()
    return render(request, "accueil/recherche.html", {
        "titre": "Chercher", "q": q, "familles": chercher(membre, q), "page_active": "recherche",
    })  # fmt: skip


@require_safe
@reserve()
def aide(request: HttpRequest, membre: Membre) -> HttpResponse:
    """Help in place: a first workshop in steps, the words used."""
    return render(request, "accueil/aide.html", {"titre": "Aide", "page_active": "aide"})
