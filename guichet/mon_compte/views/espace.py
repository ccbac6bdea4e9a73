"""A resident's own pages: profile, ways to be reached, preferences, the end of the account."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.comptes import annuaire
from guichet.comptes.annuaire import AnnuaireIndisponible, HorsAnnuaire
from guichet.comptes.models import Consentement, Usager
from guichet.mon_compte import services
from guichet.mon_compte.forms import (
    FormulaireCoordonnees,
    FormulaireNom,
    FormulairePreferences,
    FormulaireSuppression,
)
from socle.openid.views import adresse_de_fin

logger = logging.getLogger(__name__)
PANNE = "Ce changement ne peut pas être fait pour le moment. Réessayez dans quelques minutes."


def avec_compte(vue: Callable[[HttpRequest, Usager], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the view who is signed in; lead to the sign-in and back whoever is not."""

    @wraps(vue)
    def adresse(request: HttpRequest) -> HttpResponse:
        usager: Usager | None = getattr(request, "usager", None)
        if usager is None:
            return redirect(f"/connexion/?next={request.path}")
        return vue(request, usager)

    return never_cache(adresse)


@require_safe
@avec_compte
def profil(request: HttpRequest, usager: Usager) -> HttpResponse:
    """What the town knows of the person."""
    return render(
        request,
        "mon_compte/profil.html",
        {
            "page_active": "espace",
            "onglet": "compte",
            "du_site": services.est_de_l_annuaire(usager),
            "url_mot_de_passe": settings.OIDC["issuer"],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@avec_compte
def nom(request: HttpRequest, usager: Usager) -> HttpResponse:
    """The name is the directory's: another identity provider's is corrected there."""
    if not services.est_de_l_annuaire(usager):
        return redirect("comptes:profil")
    formulaire, statut = FormulaireNom(request.POST if request.method == "POST" else None), 200
    try:
        if request.method != "POST":
            prenom, nom_ = annuaire.identite(usager.sub)
            formulaire = FormulaireNom(initial={"prenom": prenom, "nom": nom_})
        elif formulaire.is_valid():
            services.renommer(usager, **formulaire.cleaned_data)
            messages.success(request, "Votre nom est changé.")
            return redirect("comptes:profil")
    except HorsAnnuaire:
        messages.error(request, "Le nom de ce compte est géré par la mairie. Demandez-lui de le corriger.")
        return redirect("comptes:profil")
    except AnnuaireIndisponible as erreur:
        logger.error("Annuaire injoignable au changement de nom : %s", erreur)
        messages.error(request, PANNE)
        return redirect("comptes:profil")
    return render(
        request, "mon_compte/nom.html", {"page_active": "espace", "onglet": "compte", "form": formulaire}, status=statut
    )


@require_http_methods(["GET", "HEAD", "POST"])
@avec_compte
def coordonnees(request: HttpRequest, usager: Usager) -> HttpResponse:
    """Changes telephone and postal address."""
    initial = {"telephone": usager.telephone, "adresse": usager.adresse}
    formulaire = FormulaireCoordonnees(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and formulaire.is_valid():
        services.regler_coordonnees(usager, **formulaire.cleaned_data)
        messages.success(request, "Vos coordonnées sont enregistrées.")
        return redirect("comptes:profil")
    return render(
        request, "mon_compte/coordonnees.html", {"page_active": "espace", "onglet": "compte", "form": formulaire}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@avec_compte
def preferences(request: HttpRequest, usager: Usager) -> HttpResponse:
    """Changes how to be answered and the consent to digital notices; shows its last ten changes."""
    initial = {
        "canal_reponse": usager.canal_reponse,
        "avis_numeriques": usager.avis_numeriques_depuis is not None,
    }
    formulaire = FormulairePreferences(
        request.POST if request.method == "POST" else None, initial=initial, usager=usager
    )
    if request.method == "POST" and formulaire.is_valid():
        services.regler_preferences(usager, **formulaire.cleaned_data)
        messages.success(request, "Vos préférences sont enregistrées.")
        return redirect("comptes:profil")
    return render(
        request,
        "mon_compte/preferences.html",
        {
            "page_active": "espace",
            "onglet": "compte",
            "form": formulaire,
            "consentements": Consentement.objects.filter(usager=usager)[:10],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@avec_compte
def supprimer(request: HttpRequest, usager: Usager) -> HttpResponse:
    """What will happen is said first; a word is typed; the session ends here and at the identity provider."""
    formulaire, statut = FormulaireSuppression(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and formulaire.is_valid():
        fin = adresse_de_fin(request)
        try:
            services.supprimer(usager)
        except AnnuaireIndisponible as erreur:
            logger.error("Annuaire injoignable à la suppression d'un compte : %s", erreur)
            formulaire.add_error(None, "Votre compte ne peut pas être supprimé pour le moment. Rien n'a changé.")
            statut = 503
        else:
            request.session.flush()
            messages.success(request, "Votre compte est supprimé. Un e-mail vous le confirme.")
            return redirect(fin)
    demandes = list(
        usager.demandes.select_related("demarche").only("reference", "nature", "usager_id", "demarche__titre")
    )
    return render(
        request,
        "mon_compte/supprimer.html",
        {
            "page_active": "espace",
            "onglet": "compte",
            "form": formulaire,
            "en_cours": [demande for demande in demandes if not demande.est_close],
            "terminees": sum(demande.est_close for demande in demandes),
            "brouillons": usager.brouillons.count(),
        },
        status=statut,
    )
