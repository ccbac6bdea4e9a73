"""The town's charter where no proxy serves it: the same template and tokens as everywhere else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from socle.charte.feuille import feuille


@cache
def _feuille(dossier: str) -> str:
    return feuille(yaml.safe_load((Path(dossier) / "charte.yaml").read_text(encoding="utf-8")))


@cache
def _logo(dossier: str) -> bytes:
    return (Path(dossier) / "logo.svg").read_bytes()


@require_safe
@cache_control(max_age=3600, public=True)
def charte(request: HttpRequest, nom: str) -> HttpResponse:
    """`charte.css` or `logo.svg`."""
    dossier = settings.ECOUTE_CHARTE
    if not dossier:
        raise Http404
    if nom == "charte.css":
        return HttpResponse(_feuille(dossier), content_type="text/css; charset=utf-8")
    return HttpResponse(_logo(dossier), content_type="image/svg+xml")
