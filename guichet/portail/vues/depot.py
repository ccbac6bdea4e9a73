"""Filling a procedure, one thing a page, checking the answers, sending."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.demandes import references, services
from guichet.demandes.accuse import accuse_de
from guichet.demandes.models import Demande, PieceBrouillon
from guichet.demarches.definition import Etape
from guichet.demarches.models import Demarche
from guichet.portail import acces
from guichet.portail.formulaires import FormulaireEtape
from guichet.portail.parcours import ETAPES_VUES, DejaEnvoyee, Parcours
from guichet.stockage.backend import reponse_fichier


def avec_parcours(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view its journey; lead elsewhere who has already sent it or must sign in first."""

    @wraps(vue)
    def adresse(request: HttpRequest, slug: str, identifiant: uuid.UUID, **kwargs: Any) -> HttpResponse:
        try:
            parcours = Parcours.charger(request, slug, identifiant)
        except DejaEnvoyee as deja:
            return redirect("portail:envoyee", deja.demande.reference)
        if parcours.definition.compte == "obligatoire" and parcours.usager is None:
            return redirect(f"/connexion/?next={request.path}")
        return vue(request, parcours, **kwargs)

    return never_cache(adresse)


@never_cache
@require_safe
def commencer(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the identifier of the form and go to its first page. Nothing is written yet."""
    demarche = get_object_or_404(Demarche.objects.publiees(), pk=slug)
    return redirect("portail:etape", demarche.pk, uuid.uuid4(), demarche.lue.etapes[0].nom)


@require_http_methods(["GET", "HEAD", "POST"])
@avec_parcours
def etape(request: HttpRequest, parcours: Parcours, nom: str) -> HttpResponse:
    courante = parcours.etape(nom)
    if not parcours.enregistre and courante != parcours.etapes[0]:
        return redirect(parcours.url(parcours.etapes[0]))
    apres_verification = request.GET.get("retour") == "verifier"
    if request.method != "POST":
        return _page_etape(request, parcours, courante, parcours.formulaire(courante), apres_verification)
    if retirer := request.POST.get("retirer"):
        return _retirer(request, parcours, retirer)
    formulaire = parcours.formulaire(courante, request.POST, request.FILES)
    valide = formulaire.is_valid()
    _garder(request, parcours, courante, formulaire, valide)
    if not valide:
        return _page_etape(request, parcours, courante, formulaire, apres_verification)
    suivante = None if apres_verification else parcours.suivante(courante)
    return redirect(parcours.url(suivante))


def _page_etape(
    request: HttpRequest, parcours: Parcours, courante: Etape, formulaire: FormulaireEtape, retour: bool
) -> HttpResponse:
    precedente = parcours.precedente(courante)
    if retour:
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
            "pieces": [p for p in parcours.pieces if p.champ in {c.nom for c in courante.champs}],
            "url_retour": url_retour,
            "retour_verifier": retour,
        },
    )


def _garder(
    request: HttpRequest, parcours: Parcours, courante: Etape, formulaire: FormulaireEtape, valide: bool
) -> None:
    """Keep every good answer and file, even if another one of the page has to be mended."""
    brouillon = parcours.brouillon
    vues = [*brouillon.donnees.get(ETAPES_VUES, [])]
    if valide and courante.nom not in vues:
        vues.append(courante.nom)
    brouillon.donnees = {**brouillon.donnees, **formulaire.valeurs(), ETAPES_VUES: vues}
    fichiers = formulaire.fichiers()
    if not valide and not parcours.enregistre and not fichiers:
        return  # nothing worth keeping yet: the page itself shows what was typed
    with transaction.atomic():
        brouillon.save(force_insert=not parcours.enregistre)
        for champ, fichier in fichiers:
            parcours.pieces.append(services.joindre_au_brouillon(brouillon, champ, fichier))
    if not parcours.enregistre:
        acces.tenir(request, brouillon)
        parcours.enregistre = True


def _retirer(request: HttpRequest, parcours: Parcours, identifiant: str) -> HttpResponse:
    for piece in parcours.pieces:
        if str(piece.pk) == identifiant:
            services.retirer_du_brouillon(piece)
    return redirect(request.get_full_path())


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


@require_http_methods(["GET", "HEAD", "POST"])
@avec_parcours
def verifier(request: HttpRequest, parcours: Parcours) -> HttpResponse:
    """« Vérifiez vos réponses »; sending happens here and only here."""
    incomplete = parcours.premiere_incomplete()
    if incomplete is not None:
        return redirect(parcours.url(incomplete))
    if request.method == "POST":
        depot = services.deposer_brouillon(parcours.brouillon)
        acces.ouvrir(request, depot.demande)
        return redirect("portail:envoyee", depot.demande.reference)
    return render(
        request,
        "portail/verifier.html",
        {
            "page_active": "demarches",
            "parcours": parcours,
            "demarche": parcours.demarche,
            "definition": parcours.definition,
            "lignes": _lignes(parcours),
            "url_retour": parcours.url(parcours.etapes[-1]),
        },
    )


def _lignes(parcours: Parcours) -> list[dict[str, Any]]:
    """Each question with its answer and the page that changes it; what was left empty is said so."""
    lignes: list[dict[str, Any]] = []
    for courante in parcours.etapes:
        for champ in courante.champs:
            fichiers: list[PieceBrouillon] = [p for p in parcours.pieces if p.champ == champ.nom]
            lignes.append(
                {
                    "libelle": champ.libelle,
                    "valeur": ""
                    if champ.depose_des_fichiers
                    else champ.afficher(parcours.brouillon.donnees.get(champ.nom)),
                    "fichiers": fichiers,
                    "url": f"{parcours.url(courante)}?retour=verifier",
                }
            )
    return lignes


@require_POST
@avec_parcours
def abandonner(request: HttpRequest, parcours: Parcours) -> HttpResponse:
    del request
    if parcours.enregistre:
        services.abandonner_brouillon(parcours.brouillon)
    return redirect("portail:demarche", parcours.demarche.pk)


@never_cache
@require_safe
def envoyee(request: HttpRequest, reference: str) -> HttpResponse:
    """Acknowledgement on screen. Can be opened again as long as the session holds the request."""
    demandeur = acces.demandeur_de(request)
    demande = Demande.objects.pour_page().du_demandeur(demandeur).filter(reference=reference).first()
    if demande is None:
        return redirect(f"{reverse('portail:suivi')}?reference={references.normaliser_reference(reference)}")
    return render(
        request,
        "portail/envoyee.html",
        {"demande": demande, "accuse": accuse_de(demande), "code": _code(demande)},
    )


def _code(demande: Demande) -> str:
    """The tracking code, for a request without account; empty if this site's secret has changed since."""
    if demande.usager_id is not None:
        return ""
    code = references.code_suivi(demande.cle_envoi)
    return code if references.code_correspond(demande.pk, code, demande.code_suivi_empreinte) else ""
