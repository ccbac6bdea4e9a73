"""« Vous avez dit, nous avons fait », one action and where it comes from, the report, the open data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from consultation.ecoute.cadre.pages import pdf
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.dossiers.acces import trouver_public
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.lecture.models import Theme
from consultation.ecoute.lecture.services import PETIT, canaux, compter_themes, comptes
from consultation.ecoute.suites import donnees_ouvertes, fil
from consultation.ecoute.suites.anonymat import cacher_petits
from consultation.ecoute.suites.models import Action, Proposition
from consultation.ecoute.suites.version import garder, version
from consultation.ecoute.suites.views.actions import servir


@dataclass(frozen=True)
class Reponse:
    """A proposal under a finding; in full the first time, then only named."""

    proposition: Proposition
    suites: list[fil.Suite]
    deja: bool


@dataclass(frozen=True)
class Constate:
    """A finding, its public quotes, the answers to it."""

    branche: fil.Branche
    reponses: list[Reponse]


def _publie(slug: str) -> Dossier:
    dossier = trouver_public(slug)
    if not fil.public(dossier):
        raise Http404
    return dossier


def _themes(dossier: Dossier) -> list[tuple[Theme | None, list[Constate]]]:
    vues: set[int] = set()

    def repondre(proposition: Proposition) -> Reponse:
        deja = proposition.pk in vues
        vues.add(proposition.pk)
        return Reponse(proposition, [] if deja else [fil.suite(a) for a in proposition.actions.all()], deja)

    return [
        (theme, [Constate(b, [repondre(p) for p in b.propositions]) for b in branches])
        for theme, branches in fil.par_theme(fil.arbre(dossier))
    ]


def _contexte(dossier: Dossier) -> dict[str, Any]:
    return {
        "titre": "Vous avez dit, nous avons fait", "dossier": dossier, "groupes": _themes(dossier),
        "bilan": fil.bilan(dossier), **garder(dossier, "chiffres", version(dossier), lambda: _chiffres(dossier)),
        "commune": Commune.actuelle(), "au": timezone.now(), "petit": PETIT,
    }  # fmt: skip


def _chiffres(dossier: Dossier) -> dict[str, Any]:
    """How many opinions, by which channels, on which themes."""
    return {
        "total": comptes(dossier).count(),
        "canaux": [(nom, "(caché)" if n is None else n) for nom, n in canaux(dossier)],
        "themes": cacher_petits((theme, n) for theme, n in compter_themes(dossier) if n),
    }


@require_safe
def vous_avez_dit(request: HttpRequest, slug: str) -> HttpResponse:
    """From what was said to what was done."""
    return render(request, "suites/public/vous_avez_dit.html", _contexte(_publie(slug)))


def _action(slug: str, pk: int) -> Action:
    action = fil.action_publique(_publie(slug), pk)
    if action is None:
        raise Http404
    return action


@require_safe
def action(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One action, back to what people said."""
    trouvee = _action(slug, pk)
    return render(request, "suites/public/action.html", {
        "titre": trouvee.titre, "dossier": trouvee.proposition.dossier, "suite": fil.suite(trouvee),
        "action": trouvee, "origine": fil.origine(trouvee), "suivis": trouvee.suivis.all(),
    })  # fmt: skip


@require_safe
def document(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The evidence of an action, when the team published it."""
    trouvee = _action(slug, pk)
    if not trouvee.preuve_publique:
        raise Http404
    return servir(trouvee)


def _export(request: HttpRequest, slug: str, nom: str, sorte: str, faire: Callable[[Dossier], bytes]) -> HttpResponse:
    """One file, made once a version; whoever has it already gets no copy (RFC 9110, 13.1.2)."""
    dossier = _publie(slug)
    laquelle = version(dossier)
    etag = f'"{laquelle}-{nom.rpartition(".")[2]}"'
    reponse = get_conditional_response(request, etag=etag)
    if reponse is None:
        reponse = HttpResponse(garder(dossier, nom, laquelle, lambda: faire(dossier)), content_type=sorte)
        ouvert = "inline" if nom.endswith(".pdf") else "attachment"
        debut, _, suffixe = nom.rpartition(".")
        reponse["Content-Disposition"] = f'{ouvert}; filename="{debut}-{slug}.{suffixe}"'
    reponse["ETag"] = etag
    reponse["Cache-Control"] = "public, no-cache"  # kept by anybody, asked again each time: words may be taken back
    return reponse


@require_safe
def rapport(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a tagged PDF."""
    return _export(
        request, slug, "rapport.pdf", "application/pdf",
        lambda d: pdf("suites/public/rapport_pdf.html", _contexte(d), "rapport").content,
    )  # fmt: skip


@require_safe
def avis_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Opinions as open data."""
    return _export(
        request, slug, "avis.csv", "text/csv; charset=utf-8", lambda d: donnees_ouvertes.avis(d).csv().encode()
    )


@require_safe
def avis_schema(request: HttpRequest, slug: str) -> HttpResponse:
    """Their Table Schema."""
    description = donnees_ouvertes.schema_des_avis(_publie(slug))
    return JsonResponse(description, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def paquet(request: HttpRequest, slug: str) -> HttpResponse:
    """Every table in one zip."""
    return _export(request, slug, "vous-avez-dit.zip", "application/zip", donnees_ouvertes.paquet)
