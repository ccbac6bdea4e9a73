"""Shapes that pages share: a form, what was done, a refusal, a PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict

from consultation.ecoute.cadre import adresse
from consultation.ecoute.cadre.forms import Formulaire, ModeleForm
from socle import documents

Lien = tuple[str, str]  # text, address
EQUIPE, PUBLIC = "cadre/base_equipe.html", "cadre/base_public.html"
PAPIER = Path(__file__).parent / "templates" / "cadre" / "papier.css"


def soumis(request: HttpRequest) -> QueryDict | None:
    """What was sent, or None when the page is only asked for; an empty form sent is still sent."""
    return request.POST if request.method == "POST" else None


def fichiers(request: HttpRequest) -> MultiValueDict[str, UploadedFile[Any]] | None:
    """Files sent with it."""
    return request.FILES if request.method == "POST" else None


def page_formulaire(
    request: HttpRequest,
    form: Formulaire | ModeleForm,
    titre: str,
    *,
    bouton: str,
    retour: Lien | None,
    intro: str = "",
    gabarit: str = "cadre/formulaire.html",
    **contexte: Any,
) -> HttpResponse:
    """A form on a page of its own; 422 when it comes back with errors."""
    donnees = {"form": form, "titre": titre, "bouton": bouton, "retour": retour, "intro": intro,
               "base_page": EQUIPE, **contexte}  # fmt: skip
    return render(request, gabarit, donnees, status=422 if form.errors else 200)


def page_confirmer(
    request: HttpRequest,
    titre: str,
    *,
    bouton: str,
    retour: Lien,
    consequences: Sequence[str] = (),
    refus: Sequence[str] = (),
    suite: str = "Compléter le dossier",
    danger: bool = False,
    caches: Mapping[str, str] | None = None,
    vers: str = "",
    **contexte: Any,
) -> HttpResponse:
    """What an act will change, before it; with `refus`, why it cannot be done yet (status 409) and the words
    of the link back, `suite`. `caches`: hidden fields; `vers`: where it is sent, this page otherwise."""
    donnees = {
        "titre": titre, "bouton": bouton, "retour": retour, "consequences": consequences, "refus": refus,
        "suite": suite, "danger": danger, "caches": caches or {}, "vers": vers, "base_page": EQUIPE, **contexte,
    }  # fmt: skip
    return render(request, "cadre/confirmer.html", donnees, status=409 if refus else 200)


def fait(request: HttpRequest, phrase: str, adresse: str) -> HttpResponse:
    """Say that it is done and go there."""
    messages.success(request, phrase)
    reponse = HttpResponseRedirect(adresse)
    reponse.status_code = 303
    return reponse


def pdf(gabarit: str, contexte: dict[str, Any], nom: str) -> HttpResponse:
    """A tagged PDF of a printable template."""
    html = documents.typographier(render_to_string(gabarit, {**contexte, "adresse_locale": adresse.locale()}))
    reponse = HttpResponse(documents.pdf(html, PAPIER), content_type="application/pdf")
    reponse["Content-Disposition"] = f'inline; filename="{nom}.pdf"'
    return reponse
