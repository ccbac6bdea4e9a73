"""« Vous avez dit, nous avons fait », the report, the open data."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultation.ecoute.cadre.pages import pdf
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.vues.public import trouver_public
from consultation.ecoute.equipe.models import Commune
from consultation.ecoute.lecture.services import PETIT, canaux, compter_themes, comptes
from consultation.ecoute.suites import services


def _publie(slug: str) -> Dossier:
    dossier = trouver_public(slug)
    if not services.public(dossier):
        raise Http404
    return dossier


def _contexte(dossier: Dossier) -> dict[str, Any]:
    def montrer(n: int) -> str:
        return str(n) if n == 0 or n >= PETIT else f"moins de {PETIT}"

    return {
        "titre": "Vous avez dit, nous avons fait", "dossier": dossier, "branches": services.arbre(dossier),
        "total": comptes(dossier).count(),
        "canaux": [(nom, "(caché)" if n is None else n) for nom, n in canaux(dossier)],
        "themes": [(theme, montrer(n)) for theme, n in compter_themes(dossier) if n], "commune": Commune.actuelle(),
        "au": timezone.now(), "petit": PETIT,
    }  # fmt: skip


@require_safe
def vous_avez_dit(request: HttpRequest, slug: str) -> HttpResponse:
    """From what was said to what was done."""
    return render(request, "suites/public/vous_avez_dit.html", _contexte(_publie(slug)))


@require_safe
def rapport(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a tagged PDF."""
    return pdf("suites/public/rapport_pdf.html", _contexte(_publie(slug)), f"rapport-{slug}")


@require_safe
def avis_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Open data."""
    reponse = HttpResponse(services.donnees_ouvertes(_publie(slug)), content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="avis-{slug}.csv"'
    return reponse


@require_safe
def avis_schema(request: HttpRequest, slug: str) -> HttpResponse:
    """Its Table Schema."""
    return JsonResponse(services.schema(_publie(slug)), json_dumps_params={"ensure_ascii": False, "indent": 1})
