"""What everybody may read: dossiers that were announced, their publications, the proof."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultation.dossier import Genre, verifier_chaine
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.acces import trouver_public
from consultation.ecoute.dossiers.models import Dossier, Publication

ORDRE_LECTURE = {"abandon": 0, "suites": 1, "resultats": 2, "synthese": 3, "modalites": 4, "prolongation": 5}


@require_safe
def consultation(request: HttpRequest, slug: str) -> HttpResponse:
    """One consultation: what, who, when, how, and the last version of what was published."""
    dossier = trouver_public(slug)
    dernieres: dict[tuple[str, str], Publication] = {}
    for publication in dossier.publications.prefetch_related("retires"):
        distingue = publication.titre if publication.genre in ("information", "tirage") else ""
        dernieres[publication.genre, distingue] = publication
    visibles = sorted(dernieres.values(), key=lambda p: (ORDRE_LECTURE.get(p.genre, 9), p.numero))
    return render(request, "dossiers/public/consultation.html", {
        "titre": dossier.titre, "dossier": dossier, "publications": visibles,
        "resultats": any(p.genre in ("resultats", "suites", "synthese") for p in visibles),
        "prolongations": [p for p in dossier.publications.all() if p.genre == Genre.PROLONGATION.value],
        "panels": dossier.panels.select_related("dossier"),
        "ateliers": dossier.ateliers.filter(etat="prevu", inscription_publique=True, debut__gt=timezone.now())
        if dossier.en_cours else [],
    })  # fmt: skip


@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything published, oldest first, with digests."""
    dossier = trouver_public(slug)
    chaine = services.chaine(dossier)
    return render(request, "dossiers/public/versions.html", {
        "titre": "Tout ce qui a été publié", "dossier": dossier,
        "publications": dossier.publications.prefetch_related("retires"),
        "defauts": verifier_chaine(chaine), "derniere": chaine[-1].empreinte if chaine else "",
    })  # fmt: skip


@require_safe
def preuve(request: HttpRequest, slug: str) -> HttpResponse:
    """The chain as JSON."""
    dossier = trouver_public(slug)
    reponse = HttpResponse(services.preuve(dossier), content_type="application/json; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="publications-{slug}.json"'
    return reponse


@require_safe
def preuve_zip(request: HttpRequest, slug: str) -> HttpResponse:
    """The chain as files that `sha256sum` checks, documents included."""
    reponse = HttpResponse(services.archive(trouver_public(slug)), content_type="application/zip")
    reponse["Content-Disposition"] = f'attachment; filename="publications-{slug}.zip"'
    return reponse


@require_safe
def fichier(request: HttpRequest, slug: str, numero: int) -> HttpResponseBase:
    """A published document."""
    publication = get_object_or_404(Publication, dossier=trouver_public(slug), numero=numero)
    if not publication.fichier:
        raise Http404
    return FileResponse(publication.fichier.open(), as_attachment=True, filename=publication.fichier_nom)


@require_safe
def donnees_personnelles(request: HttpRequest) -> HttpResponse:
    """What is done with personal data, dossier by dossier."""
    dossiers = [d for d in Dossier.objects.select_related("fiche").prefetch_related("fiche__durees") if d.public]
    return render(request, "dossiers/public/donnees.html", {
        "titre": "Vos données personnelles", "dossiers": dossiers,
        "satisfaction_mois": settings.ECOUTE_SATISFACTION_MOIS,
    })  # fmt: skip


@require_safe
def mentions(request: HttpRequest) -> HttpResponse:
    """Legal notice: who publishes the site, who hosts it (act 2004-575, article 1-1)."""
    return render(request, "dossiers/public/mentions.html", {"titre": "Mentions légales"})


@require_safe
def accessibilite(request: HttpRequest) -> HttpResponse:
    """Statement of accessibility."""
    return render(request, "dossiers/public/accessibilite.html", {"titre": "Accessibilité"})
