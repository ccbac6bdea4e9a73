"""Sign-up. A page never says whether an address has an account."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from guichet.comptes import services
from guichet.comptes.annuaire import AdresseDejaPrise, AnnuaireIndisponible
from guichet.mon_compte.forms import FormulaireInscription, FormulaireMotDePasse
from socle.envois.plafonds import PlafondAtteint

logger = logging.getLogger(__name__)

INDISPONIBLE = (
    "Les comptes ne peuvent pas être créés pour le moment. Réessayez dans quelques minutes. "
    "Vous pouvez faire vos démarches sans compte."
)


@require_http_methods(["GET", "POST"])
def inscription(request: HttpRequest) -> HttpResponse:
    """Asks for a link; the answer is the same whether or not the address has an account. 503 without directory."""
    if getattr(request, "usager", None) is not None:
        return redirect("comptes:profil")
    formulaire = FormulaireInscription(request.POST if request.method == "POST" else None)
    statut = 200
    if request.method == "POST" and formulaire.is_valid():
        try:
            services.demander_inscription(**formulaire.cleaned_data)
        except AnnuaireIndisponible as erreur:
            logger.error("Annuaire injoignable à l'inscription : %s", erreur)
            formulaire.add_error(None, INDISPONIBLE)
            statut = 503
        except PlafondAtteint as plafond:
            formulaire.add_error("courriel", str(plafond))
            statut = 429
        else:
            request.session["inscription_courriel"] = formulaire.cleaned_data["courriel"]
            return redirect("comptes:inscription_envoyee")
    return render(request, "mon_compte/inscription.html", {"form": formulaire}, status=statut)


@never_cache
@require_GET
def inscription_envoyee(request: HttpRequest) -> HttpResponse:
    """Says where the link went."""
    courriel = request.session.get("inscription_courriel")
    if not courriel:
        return redirect("comptes:inscription")
    return render(request, "mon_compte/inscription_envoyee.html", {"courriel": courriel})


@never_cache
@sensitive_post_parameters("mot_de_passe", "confirmation")
@require_http_methods(["GET", "POST"])
def choisir_mot_de_passe(request: HttpRequest, jeton: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners open links too. Only the button does."""
    try:
        inscription = services.inscription_du_jeton(jeton)
    except services.LienInvalide:
        return render(request, "mon_compte/lien_invalide.html", status=410)
    formulaire = FormulaireMotDePasse(request.POST if request.method == "POST" else None, inscription=inscription)
    statut = 200
    if request.method == "POST" and formulaire.is_valid():
        try:
            services.terminer_inscription(inscription, formulaire.cleaned_data["mot_de_passe"])
        except AnnuaireIndisponible as erreur:
            logger.error("Annuaire injoignable au choix du mot de passe : %s", erreur)
            formulaire.add_error(
                None,
                "Le compte ne peut pas être créé pour le moment. "
                "Votre lien reste valable : réessayez dans quelques minutes.",
            )
            statut = 503
        except (AdresseDejaPrise, services.LienInvalide):
            return render(request, "mon_compte/lien_invalide.html", status=410)
        else:
            return redirect("comptes:inscription_terminee")
    # The address of this page is a secret: the site's Referrer-Policy (same-origin) keeps it from others. A stricter
    # one would make browsers send « Origin: null », which the protection against forged forms refuses.
    return render(
        request,
        "mon_compte/mot_de_passe.html",
        {"form": formulaire, "inscription": inscription},
        status=statut,
    )


@require_GET
def inscription_terminee(request: HttpRequest) -> HttpResponse:
    """Says that the account is open."""
    return render(request, "mon_compte/inscription_terminee.html")
