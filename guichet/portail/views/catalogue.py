"""Finding a procedure, and what is said about it before one begins."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from guichet.demandes.models import Brouillon
from guichet.demarches.models import Demarche
from guichet.portail import acces
from guichet.questions.presentation import contexte_demarche

BROUILLONS = 5


@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    """All procedures by theme, or those that hold the words searched."""
    recherche = request.GET.get("q", "").strip()[:100]
    demarches = Demarche.objects.publiees().cherchees(recherche)
    themes = [(theme, list(groupe)) for theme, groupe in groupby(demarches, key=lambda d: d.theme)]
    nombre = sum(len(groupe) for _, groupe in themes)
    return render(
        request,
        "portail/catalogue.html",
        {"page_active": "demarches", "themes": themes, "recherche": recherche, "nombre": nombre},
    )


@require_safe
def demarche(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a procedure that is online, with the drafts of it that one may take up again; 404 for others."""
    trouvee = get_object_or_404(Demarche.objects.publiees(), pk=slug)
    return render(
        request,
        "portail/demarche.html",
        {
            "page_active": "demarches",
            **contexte_demarche(trouvee),
            "brouillons": _brouillons(request, trouvee),
            "connecte": acces.usager_de(request) is not None,
        },
    )


def _brouillons(request: HttpRequest, trouvee: Demarche) -> list[Brouillon]:
    """The drafts of this procedure that the person may take up again, the last first."""
    brouillons = Brouillon.objects.filter(demarche=trouvee).only("pk", "cree_le", "modifie_le")
    usager = acces.usager_de(request)
    if usager is not None:
        return list(brouillons.filter(usager=usager)[:BROUILLONS])
    tenus = acces.brouillons_tenus(request)
    return list(brouillons.filter(pk__in=tenus, usager=None)[:BROUILLONS]) if tenus else []
