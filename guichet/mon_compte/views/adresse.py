"""Change of an account's e-mail address: asked for on one page, confirmed from the link sent to the new one."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from guichet.comptes.annuaire import AdresseDejaPrise, AnnuaireIndisponible, HorsAnnuaire
from guichet.comptes.models import Usager
from guichet.mon_compte import adresse, services
from guichet.mon_compte.forms import FormulaireAdresse
from guichet.mon_compte.views.espace import PANNE, avec_compte
from socle.envois.plafonds import PlafondAtteint

logger = logging.getLogger(__name__)
_ONGLET = {"page_active": "espace", "onglet": "compte"}


@require_http_methods(["GET", "HEAD", "POST"])
@avec_compte
def demander(request: HttpRequest, usager: Usager) -> HttpResponse:
    """Sends a link to the new address; another identity provider's address is corrected there."""
    if not services.est_de_l_annuaire(usager):
        return redirect("comptes:profil")
    formulaire, statut = FormulaireAdresse(request.POST if request.method == "POST" else None, usager=usager), 200
    if request.method == "POST" and formulaire.is_valid():
        nouvelle = formulaire.cleaned_data["courriel"]
        try:
            adresse.demander(usager, nouvelle)
        except AnnuaireIndisponible as erreur:
            logger.error("Annuaire injoignable au changement d'adresse : %s", erreur)
            formulaire.add_error(None, PANNE)
            statut = 503
        except PlafondAtteint as plafond:
            formulaire.add_error("courriel", str(plafond))
            statut = 429
        else:
            messages.success(
                request,
                f"Un e-mail part à {nouvelle}. Ouvrez le lien qu'il contient : jusque-là, votre adresse ne change pas.",
            )
            return redirect("comptes:profil")
    return render(request, "mon_compte/adresse.html", {**_ONGLET, "form": formulaire}, status=statut)


@require_http_methods(["GET", "HEAD", "POST"])
def confirmer(request: HttpRequest, jeton: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners open links too. Only the button does."""

    @avec_compte
    def page(request: HttpRequest, usager: Usager) -> HttpResponse:
        try:
            nouvelle = adresse.nouvelle_du_jeton(usager, jeton)
        except adresse.LienInvalide:
            return render(request, "mon_compte/adresse_lien_invalide.html", _ONGLET, status=410)
        if request.method != "POST":
            return render(request, "mon_compte/adresse_confirmer.html", {**_ONGLET, "nouvelle": nouvelle})
        return _changer(request, usager, jeton)

    return page(request)


def _changer(request: HttpRequest, usager: Usager, jeton: str) -> HttpResponse:
    try:
        nouvelle = adresse.confirmer(usager, jeton)
    except AnnuaireIndisponible as erreur:
        logger.error("Annuaire injoignable au changement d'adresse : %s", erreur)
        messages.error(request, PANNE)
    except HorsAnnuaire:
        messages.error(request, "L'adresse de ce compte est gérée par la mairie. Demandez-lui de la corriger.")
    except (AdresseDejaPrise, adresse.LienInvalide):
        return render(request, "mon_compte/adresse_lien_invalide.html", _ONGLET, status=410)
    else:
        messages.success(
            request,
            f"Votre adresse est changée. La prochaine fois, connectez-vous avec {nouvelle} et le même mot de passe.",
        )
    return redirect("comptes:profil")
