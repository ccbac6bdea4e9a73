"""Finding a procedure, and what is said about it before one begins."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from guichet.demandes.models import Brouillon
from guichet.demarches.models import Demarche
from guichet.portail import acces


@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    """All procedures by theme, or those that hold the words searched."""
    recherche = request.GET.get("q", "").strip()[:100]
    demarches = Demarche.objects.publiees().defer("definition", "recherche").cherchees(recherche)
    themes = [(theme, list(groupe)) for theme, groupe in groupby(demarches, key=lambda d: d.theme)]
    nombre = sum(len(groupe) for _, groupe in themes)
    return render(
        request,
        "portail/catalogue.html",
        {"page_active": "demarches", "themes": themes, "recherche": recherche, "nombre": nombre},
    )


@require_safe
def demarche(request: HttpRequest, slug: str) -> HttpResponse:
    trouvee = get_object_or_404(Demarche.objects.publiees(), pk=slug)
    return render(
        request,
        "portail/demarche.html",
        {
            "page_active": "demarches",
            "demarche": trouvee,
            "definition": trouvee.lue,
            "nombre_ecrans": len(trouvee.lue.etapes) + 1,
            "brouillon": _brouillon(request, trouvee),
        },
    )


def _brouillon(request: HttpRequest, trouvee: Demarche) -> Brouillon | None:
    """The draft of this procedure that the person may take up again."""
    brouillons = Brouillon.objects.filter(demarche=trouvee)
    usager = acces.usager_de(request)
    if usager is not None:
        return brouillons.filter(usager=usager).first()
    tenus = acces.brouillons_tenus(request)
    return brouillons.filter(pk__in=tenus, usager=None).first() if tenus else None
