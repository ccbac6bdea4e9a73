"""Filling a procedure, one thing a page. Checking the answers and sending them: envoi.py."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.demandes import services
from guichet.demarches.champs import ChampGroupe
from guichet.demarches.definition import Etape
from guichet.demarches.models import Demarche
from guichet.portail import acces, reprise
from guichet.portail.forms import FormulaireQuestions
from guichet.portail.forms.champs import ChampElements
from guichet.portail.parcours import VUS, DejaEnvoyee, Parcours
from guichet.stockage.backend import reponse_fichier

RETOUR = "?retour=verifier"
GESTES = ("retirer", "enregistrer", "ajouter", "modifier", "oter")


def avec_parcours(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view its journey; lead elsewhere who has already sent it or must sign in first."""

    @wraps(vue)
    def adresse(request: HttpRequest, slug: str, identifiant: uuid.UUID, **kwargs: Any) -> HttpResponse:
        try:
            parcours = Parcours.charger(request, slug, identifiant)
        except DejaEnvoyee as deja:
            return redirect("portail:envoyee", deja.demande.reference)
        if parcours.definition.compte == "obligatoire" and parcours.usager is None:
            return redirect(f"/connexion/?next={quote(request.path)}")
        return vue(request, parcours, **kwargs)

    return never_cache(adresse)


@never_cache
@require_safe
def commencer(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the identifier of the form and go to its first page. Nothing is written yet."""
    demarche = get_object_or_404(Demarche.objects.publiees(), pk=slug)
    return redirect("portail:etape", demarche.pk, uuid.uuid4(), demarche.lue.etapes_visibles({})[0].nom)


@require_http_methods(["GET", "HEAD", "POST"])
@avec_parcours
def etape(request: HttpRequest, parcours: Parcours, nom: str) -> HttpResponse:
    courante = parcours.etape(nom)
    if not parcours.enregistre and courante != parcours.etapes[0]:
        return redirect(parcours.url(parcours.etapes[0]))
    if courante is None:  # an answer changed since has closed this page
        return redirect(parcours.url(parcours.premiere_incomplete()))
    if request.method == "POST":
        return _recevoir(request, parcours, courante)
    if element := _premier_element(parcours, courante):
        return redirect(element + _suite(request))
    return page_etape(request, parcours, courante, parcours.formulaire(courante))


def _recevoir(request: HttpRequest, parcours: Parcours, courante: Etape) -> HttpResponse:
    formulaire = parcours.formulaire(courante, request.POST, request.FILES)
    valide = formulaire.is_valid()
    if geste := next((g for g in GESTES if g in request.POST), None):
        # A button other than « Continuer »: what is good on the page is kept, the rest is asked again later.
        _garder(request, parcours, formulaire, valide=False, meme_vide=True)
        return _faire(geste, request, parcours, courante)
    _garder(request, parcours, formulaire, valide=valide)
    if not valide:
        return page_etape(request, parcours, courante, formulaire)
    if formulaire.nouvelles:
        return redirect(f"{parcours.url(courante)}{_suite(request)}#id_{formulaire.nouvelles[0].nom}")
    if _suite(request):
        incomplete = parcours.premiere_incomplete()
        return redirect(parcours.url(incomplete) + (RETOUR if incomplete else ""))
    return redirect(parcours.url(parcours.suivante(courante)))


def _suite(request: HttpRequest) -> str:
    return RETOUR if request.GET.get("retour") == "verifier" else ""


def _premier_element(parcours: Parcours, courante: Etape) -> str:
    """A page that asks only for elements, one at least, begins with the first one."""
    champs = parcours.champs_de(courante)
    if len(champs) != 1 or not isinstance(champs[0], ChampGroupe) or parcours.elements(champs[0]):
        return ""
    groupe = champs[0]
    return parcours.url_element(courante, groupe, 1) if groupe.obligatoire else ""


def _faire(geste: str, request: HttpRequest, parcours: Parcours, courante: Etape) -> HttpResponse:
    """What a button other than « Continuer » does; pressed on what is no longer there, the page as it is now."""
    valeur = request.POST[geste]
    if geste == "enregistrer":
        return _reprendre_plus_tard(parcours)
    if geste == "retirer":
        for piece in parcours.pieces:
            if str(piece.pk) == valeur:
                services.retirer_du_brouillon(piece)
        return redirect(request.get_full_path())
    nom, _, brut = valeur.partition(":")
    groupe = next((c for c in parcours.champs_de(courante) if isinstance(c, ChampGroupe) and c.nom == nom), None)
    if groupe is None:
        return redirect(request.get_full_path())
    elements = parcours.elements(groupe)
    if geste == "ajouter":
        return redirect(parcours.url_element(courante, groupe, len(elements) + 1) + _suite(request))
    rang = int(brut) if brut.isdecimal() else 0
    if geste == "modifier":
        return redirect(parcours.url_element(courante, groupe, rang) + _suite(request))
    if 1 <= rang <= len(elements):
        del elements[rang - 1]
        enregistrer(request, parcours, {groupe.nom: elements})
    return redirect(request.get_full_path())


def _reprendre_plus_tard(parcours: Parcours) -> HttpResponse:
    if parcours.usager is None:
        reprise.garder(parcours.brouillon)
    return redirect("portail:enregistrer", parcours.demarche.pk, parcours.brouillon.pk)


def page_etape(
    request: HttpRequest, parcours: Parcours, courante: Etape, formulaire: FormulaireQuestions
) -> HttpResponse:
    verifie = request.GET.get("retour") == "verifier"
    precedente = parcours.precedente(courante)
    if verifie and parcours.premiere_incomplete() is None:
        url_retour = parcours.url(None)
    elif precedente is not None:
        url_retour = parcours.url(precedente)
    else:
        url_retour = reverse("portail:demarche", args=[parcours.demarche.pk])
    return render(
        request,
        "portail/etape.html",
        {
            "page_active": "demarches",
            "parcours": parcours,
            "demarche": parcours.demarche,
            "definition": parcours.definition,
            "etape": courante,
            "form": formulaire,
            "rang": parcours.rang(courante),
            "peut_s_allonger": parcours.peut_s_allonger(courante),
            "a_un_groupe": any(isinstance(champ, ChampElements) for champ in formulaire.fields.values()),
            "est_derniere": courante == parcours.etapes[-1],
            "url_retour": url_retour,
            "retour_verifier": verifie,
        },
    )


def _garder(
    request: HttpRequest,
    parcours: Parcours,
    formulaire: FormulaireQuestions,
    *,
    valide: bool,
    meme_vide: bool = False,
) -> None:
    """Keep every good answer and file, even if another one of the page has to be mended."""
    bonnes = formulaire.noms_poses - set(formulaire.errors)
    vus = {*parcours.donnees.get(VUS, []), *(bonnes if valide else ())}
    fichiers = formulaire.fichiers()
    if not valide and not parcours.enregistre and not fichiers and not meme_vide:
        return  # nothing worth keeping yet: the page itself shows what was typed
    enregistrer(request, parcours, {**formulaire.valeurs(), VUS: sorted(vus)})
    for champ, fichier in fichiers:
        parcours.pieces.append(services.joindre_au_brouillon(parcours.brouillon, champ, fichier))
    formulaire.montrer(parcours.deja())


def enregistrer(request: HttpRequest, parcours: Parcours, reponses: dict[str, Any]) -> None:
    """Write these answers in the draft, which this browser then holds."""
    brouillon = parcours.brouillon
    brouillon.donnees = {**brouillon.donnees, **reponses}
    with transaction.atomic():
        brouillon.save(force_insert=not parcours.enregistre)
    if not parcours.enregistre:
        acces.tenir(request, brouillon)
        parcours.enregistre = True


@require_http_methods(["GET", "HEAD", "POST"])
@avec_parcours
def element(request: HttpRequest, parcours: Parcours, nom: str, champ: str, rang: int) -> HttpResponse:
    """One element of a repeated group: a child, a vehicle…"""
    courante = parcours.etape(nom)
    groupe = next(
        (
            c
            for c in (parcours.champs_de(courante) if courante else ())
            if isinstance(c, ChampGroupe) and c.nom == champ
        ),
        None,
    )
    if courante is None or groupe is None:
        raise Http404
    elements = parcours.elements(groupe)
    premiere_page = courante == parcours.etapes[0]
    if not 1 <= rang <= min(len(elements) + 1, groupe.maximum) or (not parcours.enregistre and not premiere_page):
        return redirect(parcours.url(courante) + _suite(request))
    poste = request.method == "POST"
    formulaire = parcours.formulaire_element(groupe, rang, *([request.POST, request.FILES] if poste else []))
    if poste and formulaire.is_valid() and not formulaire.nouvelles:
        elements[rang - 1 : rang] = [formulaire.valeurs()]
        enregistrer(request, parcours, {groupe.nom: elements})
        return redirect(parcours.url(courante) + _suite(request))
    precedente = parcours.precedente(courante)
    if elements or not _premier_element(parcours, courante):
        url_retour = parcours.url(courante) + _suite(request)
    else:
        url_retour = (
            parcours.url(precedente) if precedente else reverse("portail:demarche", args=[parcours.demarche.pk])
        )
    return render(
        request,
        "portail/element.html",
        {
            "page_active": "demarches",
            "parcours": parcours,
            "demarche": parcours.demarche,
            "definition": parcours.definition,
            "etape": courante,
            "groupe": groupe,
            "numero": rang,
            "form": formulaire,
            "rang": parcours.rang(courante),
            "peut_s_allonger": parcours.peut_s_allonger(courante),
            "url_retour": url_retour,
        },
    )


@require_safe
@avec_parcours
def fichier(request: HttpRequest, parcours: Parcours, cle: int) -> HttpResponse:
    del request
    piece = next((p for p in parcours.pieces if p.pk == cle), None)
    if piece is None:
        raise Http404
    return servir(piece)


def servir(piece: Any) -> HttpResponse:
    with piece.fichier.open() as flux:
        return reponse_fichier(flux.read(), piece.nom, piece.type_mime)


@require_POST
@avec_parcours
def abandonner(request: HttpRequest, parcours: Parcours) -> HttpResponse:
    del request
    if parcours.enregistre:
        services.abandonner_brouillon(parcours.brouillon)
    return redirect("portail:demarche", parcours.demarche.pk)
