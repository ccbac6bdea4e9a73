"""Filling a procedure, one thing a page. Checking the answers and sending them: envoi.py."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.demandes import services
from guichet.demarches.constats import Constat
from guichet.demarches.definition import Etape
from guichet.portail import reprise
from guichet.portail.fermeture import DemarcheFermee, offerte, page_fermee
from guichet.portail.parcours import ParcoursPortail, avec_parcours
from guichet.questions import gestes
from guichet.questions.etape import FormulaireQuestions
from guichet.questions.presentation import contexte_etape
from guichet.stockage.backend import servir
from socle import saisie_gardee

RETOUR = "?retour=verifier"
PLUS_TARD = "enregistrer"  # name of the button « Enregistrer et reprendre plus tard »


@never_cache
@require_safe
def commencer(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the identifier of the form and go to its first page. Nothing is written yet."""
    try:
        demarche = offerte(slug)
    except DemarcheFermee:
        return page_fermee(request, slug)
    return redirect("portail:etape", demarche.pk, uuid.uuid4(), demarche.lue.etapes_visibles({})[0].nom)


@require_http_methods(["GET", "HEAD", "POST"])
@avec_parcours
def etape(request: HttpRequest, parcours: ParcoursPortail, nom: str) -> HttpResponse:
    """One page of the form: shown, or answered."""
    courante = parcours.etape(nom)
    if not parcours.enregistre and courante != parcours.etapes[0]:
        return redirect(parcours.url(parcours.etapes[0]))
    if courante is None:  # an answer changed since has closed this page
        return redirect(parcours.url(parcours.premiere_incomplete()))
    if request.method == "POST":
        return _recevoir(request, parcours, courante)
    if reprise_ := saisie_gardee.reprendre(request):
        messages.info(request, reprise_[1])
        return _page_etape(request, parcours, courante, parcours.formulaire(courante, reprise_[0], MultiValueDict()))
    if element := _premier_element(parcours, courante):
        return redirect(element + _suite(request))
    return _page_etape(request, parcours, courante, parcours.formulaire(courante))


def _recevoir(request: HttpRequest, parcours: ParcoursPortail, courante: Etape) -> HttpResponse:
    formulaire = parcours.formulaire(courante, request.POST, request.FILES)
    valide = formulaire.is_valid()
    if valide and not formulaire.nouvelles:
        formulaire.signaler(parcours.a_corriger(courante, formulaire.valeurs()))
        valide = formulaire.is_valid()
    geste, plus_tard = gestes.geste_de(request.POST), PLUS_TARD in request.POST
    if geste or plus_tard:
        # A button other than « Continuer »: what is good on the page is kept, the rest is asked again later.
        parcours.garder(formulaire, valide=False)
        for phrase in formulaire.non_gardees():
            messages.warning(request, phrase)
        return _faire(geste, request, parcours, courante) if geste else _reprendre_plus_tard(parcours)
    if valide or parcours.enregistre or formulaire.fichiers():
        parcours.garder(formulaire, valide=valide)  # else nothing is worth keeping yet: the page shows what was typed
    if not valide:
        return _page_etape(request, parcours, courante, formulaire)
    if formulaire.nouvelles:
        return redirect(f"{parcours.url(courante)}{_suite(request)}#id_{formulaire.nouvelles[0].nom}")
    if parcours.a_lire(courante):
        return redirect(parcours.url_attention(courante) + _suite(request))
    return redirect(_apres(request, parcours, courante))


def _apres(request: HttpRequest, parcours: ParcoursPortail, courante: Etape) -> str:
    """Where one goes once this page is answered and what it warns of is read."""
    if _suite(request):
        incomplete = parcours.premiere_incomplete()
        return parcours.url(incomplete) + (RETOUR if incomplete else "")
    return parcours.url(parcours.suivante(courante))


@require_http_methods(["GET", "HEAD", "POST"])
@avec_parcours
def attention(request: HttpRequest, parcours: ParcoursPortail, nom: str) -> HttpResponse:
    """What a rule says of the answers of a page: one reads it and goes on, or the form stops here (UX 30)."""
    courante = parcours.etape(nom)
    if courante is None:
        return redirect(parcours.url(parcours.premiere_incomplete()))
    a_lire = parcours.a_lire(courante)
    if request.method == "POST" and a_lire and not a_lire[0].arrete and request.POST.get("lu") == a_lire[0].cle:
        parcours.passer(a_lire[:1])
        if a_lire[0].groupe and len(a_lire) == 1:  # read as its element was kept: others may follow it
            return redirect(parcours.url(courante) + _suite(request))
        a_lire = a_lire[1:]
    elif not a_lire:
        return redirect(_apres(request, parcours, courante))
    if request.method == "POST":
        suite = parcours.url_attention(courante) + _suite(request) if a_lire else _apres(request, parcours, courante)
        return redirect(suite)
    contexte = {
        "page_active": "demarches",
        **contexte_etape(parcours, courante, parcours.formulaire(courante)),
        "constat": a_lire[0],
        "url_modifier": _a_modifier(parcours, courante, a_lire[0]) + _suite(request),
        "url_retour": parcours.url(courante) + _suite(request),
    }
    return render(request, "portail/attention.html", contexte)


def _a_modifier(parcours: ParcoursPortail, courante: Etape, constat: Constat) -> str:
    """Where the answer that a rule speaks of is changed."""
    groupe = parcours.groupe(constat.groupe, courante) if constat.groupe else None
    return parcours.url_element(courante, groupe, constat.rang) if groupe else parcours.url(courante)


def _suite(request: HttpRequest) -> str:
    return RETOUR if request.GET.get("retour") == "verifier" else ""


def _premier_element(parcours: ParcoursPortail, courante: Etape) -> str:
    """A page that asks only for elements, one at least, begins with the first one."""
    champs = parcours.champs_de(courante)
    groupe = parcours.groupe(champs[0].nom, courante) if len(champs) == 1 else None
    if groupe is None or parcours.elements(groupe) or not groupe.obligatoire:
        return ""
    return parcours.url_element(courante, groupe, 1)


def _faire(geste: gestes.Geste, request: HttpRequest, parcours: ParcoursPortail, courante: Etape) -> HttpResponse:
    suite = gestes.faire(parcours, geste, request.POST[geste], courante)
    if suite.perimee:
        messages.warning(request, gestes.PERIMEE)
    if suite.groupe is not None and suite.ouvrir is not None:
        return redirect(parcours.url_element(courante, suite.groupe, suite.ouvrir) + _suite(request))
    return redirect(request.get_full_path())


def _reprendre_plus_tard(parcours: ParcoursPortail) -> HttpResponse:
    if parcours.usager is None:
        reprise.garder(parcours.brouillon)
    return redirect("portail:enregistrer", parcours.demarche.pk, parcours.brouillon.pk)


def _page_etape(
    request: HttpRequest, parcours: ParcoursPortail, courante: Etape, formulaire: FormulaireQuestions
) -> HttpResponse:
    verifie = bool(_suite(request))
    return render(
        request,
        "portail/etape.html",
        {
            "page_active": "demarches",
            **contexte_etape(parcours, courante, formulaire),
            "est_derniere": courante == parcours.etapes[-1],
            "url_retour": parcours.url(None)
            if verifie and parcours.premiere_incomplete() is None
            else parcours.url_avant(courante),
            "retour_verifier": verifie,
            "a_corriger": [] if formulaire.is_bound else parcours.a_corriger(courante),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@avec_parcours
def element(request: HttpRequest, parcours: ParcoursPortail, nom: str, champ: str, rang: int) -> HttpResponse:
    """One element of a repeated group: a child, a vehicle…"""
    courante = parcours.etape(nom)
    groupe = parcours.groupe(champ, courante) if courante else None
    if courante is None or groupe is None:
        raise Http404
    page = parcours.url(courante) + _suite(request)
    premiere_page = courante == parcours.etapes[0]
    if not gestes.peut_ouvrir(parcours, groupe, rang) or (not parcours.enregistre and not premiere_page):
        return redirect(page)
    poste = request.method == "POST"
    saisie = [request.POST, request.FILES] if poste else []
    if reprise_ := saisie_gardee.reprendre(request):
        messages.info(request, reprise_[1])
        saisie = [reprise_[0], MultiValueDict()]
    formulaire = parcours.formulaire_element(groupe, rang, *saisie)
    if poste and gestes.garder_element(parcours, groupe, rang, formulaire):
        a_lire = any(constat.groupe == groupe.nom for constat in parcours.a_lire(courante))
        return redirect(parcours.url_attention(courante) + _suite(request) if a_lire else page)
    return render(
        request,
        "portail/element.html",
        {
            "page_active": "demarches",
            **contexte_etape(parcours, courante, formulaire),
            "groupe": groupe,
            "numero": rang,
            "url_retour": parcours.url_avant(courante) if _premier_element(parcours, courante) else page,
        },
    )


@require_safe
@avec_parcours
def fichier(request: HttpRequest, parcours: ParcoursPortail, cle: int) -> HttpResponse:
    """A file of the draft."""
    del request
    return servir(parcours.piece(cle))


@require_POST
@avec_parcours
def abandonner(request: HttpRequest, parcours: ParcoursPortail) -> HttpResponse:
    """Give up the draft."""
    del request
    if parcours.enregistre:
        services.abandonner_brouillon(parcours.brouillon)
    return redirect("portail:demarche", parcours.demarche.pk)
