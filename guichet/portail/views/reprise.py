"""« Enregistrer et reprendre plus tard », and the way back to a draft with its code."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guichet.portail import acces, reprise
from guichet.portail.forms import FormulaireEnvoiCode, FormulaireReprise
from guichet.portail.models import CodeReprise
from guichet.portail.parcours import ParcoursPortail, avec_parcours
from guichet.portail.tentatives import TropDeTentatives
from socle import saisie_gardee
from socle.envois.plafonds import PlafondAtteint
from socle.typographie import dates


@require_http_methods(["GET", "HEAD", "POST"])
@avec_parcours
def enregistrer(request: HttpRequest, parcours: ParcoursPortail) -> HttpResponse:
    """The page that says how to come back. The code was made by the button of the form, not by this page."""
    if parcours.usager is not None and parcours.enregistre:
        messages.success(request, "Votre brouillon est enregistré. Il vous attend ici.")
        return redirect("portail:mes_demarches")
    code = CodeReprise.objects.filter(brouillon_id=parcours.brouillon.pk).first()
    if code is None:
        return redirect(parcours.url(parcours.premiere_incomplete() if parcours.enregistre else parcours.etapes[0]))
    code.brouillon = parcours.brouillon
    formulaire = FormulaireEnvoiCode(request.POST if request.method == "POST" else None, initial=_initial(parcours))
    if request.method == "POST" and formulaire.is_valid():
        courriel = formulaire.cleaned_data["courriel"]
        try:
            reprise.envoyer_code(code, courriel)
        except reprise.TropDeMails:
            formulaire.add_error("courriel", "Le code a déjà été envoyé trois fois. Recopiez-le depuis cette page.")
        except PlafondAtteint as plafond:
            formulaire.add_error("courriel", str(plafond))
        else:
            messages.success(request, f"Le code part à l'adresse {courriel}.")
            return redirect(request.path)
    return render(
        request,
        "portail/enregistrer.html",
        {
            "page_active": "demarches",
            "parcours": parcours,
            "demarche": parcours.demarche,
            "definition": parcours.definition,
            "form": formulaire,
            "code": reprise.code_de(parcours.brouillon),
            "jusqu_au": reprise.jusqu_au(parcours.brouillon),
            "url_suite": parcours.url(parcours.premiere_incomplete()),
        },
    )


@require_POST
@avec_parcours
def code(request: HttpRequest, parcours: ParcoursPortail) -> HttpResponse:
    """The code of the draft, for who asks for it when the session is about to end; 410 where there is no draft."""
    del request
    if not parcours.enregistre or parcours.usager is not None:
        return HttpResponse(status=410)
    reprise.garder(parcours.brouillon)
    jour = dates.jour(reprise.jusqu_au(parcours.brouillon))
    return JsonResponse({"code": reprise.code_de(parcours.brouillon), "jusqu_au": jour})


def _initial(parcours: ParcoursPortail) -> dict[str, str]:
    champs = (c for c in parcours.definition.champs() if c.moyen_du_demandeur == "courriel")
    return {"courriel": next((str(parcours.donnees.get(c.nom) or "") for c in champs), "")}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reprendre(request: HttpRequest) -> HttpResponse:
    """Opens a draft with its code; 429 after too many wrong codes."""
    formulaire = FormulaireReprise(request.POST if request.method == "POST" else None)
    statut = 200
    if request.method == "POST" and formulaire.is_valid():
        try:
            brouillon = reprise.ouvrir_par_code(request, formulaire.cleaned_data["code"])
        except TropDeTentatives as trop:
            formulaire.add_error(None, str(trop))
            statut = 429
        else:
            if brouillon is not None:
                acces.tenir(request, brouillon)
                attente = saisie_gardee.gardee(request)
                if attente is not None and f"/{brouillon.pk}/" in attente["adresse"]:
                    return redirect(attente["adresse"])  # the page that was being filled when the session ended
                return redirect("portail:verifier", brouillon.demarche_id, brouillon.pk)
            formulaire.add_error(
                "code",
                "Ce code n'ouvre aucun brouillon. Recopiez-le, ou recommencez la démarche s'il a plus de 30 jours.",
            )
    return render(request, "portail/reprendre.html", {"page_active": "suivi", "form": formulaire}, status=statut)
