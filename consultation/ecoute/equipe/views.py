"""First run, sign-in, accounts of the team."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.ecoute.cadre.pages import fait, page_formulaire, soumis
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.equipe.acces import GERER, membre_de, reserve
from consultation.ecoute.equipe.connexion import noter_echec, trop_d_essais
from consultation.ecoute.equipe.forms import (
    AccesForm,
    ChangerMotDePasseForm,
    CommuneForm,
    CompteForm,
    ConnexionForm,
    DelegueForm,
    PremierCompteForm,
    RoleForm,
)
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.journal.services import noter
from socle.openid import views as openid
from socle.openid.parcours import suite_sure

COORDONNEES = "Ces informations apparaissent en bas des pages publiques, sur les invitations et les affiches."
COORDONNEES_DU_SITE = (
    "L'adresse, le téléphone et les horaires de la mairie viennent de la description du site : le service informatique "
    "les change. Il reste à dire qui est le délégué à la protection des données."
)


def _groupes() -> list[tuple[str, str]]:
    """Groups of the directory, and the role that each gives."""
    return [(groupe, str(Role(role).label)) for groupe, role in settings.ECOUTE_OIDC_GROUPES.items()]


def _ouvrir(request: HttpRequest, membre: Any) -> None:
    login(request, membre, backend=settings.AUTHENTICATION_BACKENDS[0])


def _comptes_locaux() -> bool:
    """Whether accounts are kept here, and not in the town's directory."""
    return bool(settings.ECOUTE_CONNEXION == "local")


formulaire_web = require_http_methods(["GET", "HEAD", "POST"])


@formulaire_web
@never_cache
def premiers_pas(request: HttpRequest) -> HttpResponse:
    """First account: only while there is none, and only with the code shown where the program was started."""
    if not _comptes_locaux() or Membre.objects.installe():
        raise Http404
    form = PremierCompteForm(soumis(request), initial={"code": request.GET.get("code", "")})
    if form.is_valid():
        code = settings.ECOUTE_CODE_INSTALLATION
        if not code or not secrets.compare_digest(form.cleaned_data["code"].strip(), code):
            form.add_error("code", "Ce n'est pas le code affiché au lancement.")
        else:
            with transaction.atomic():
                membre = Membre.objects.creer(
                    form.cleaned_data["courriel"], form.cleaned_data["nom"], Role.RESPONSABLE,
                    form.cleaned_data["mot_de_passe"],
                )  # fmt: skip
                noter(membre, "a créé le premier compte")
            _ouvrir(request, membre)
            return fait(request, "Votre compte est prêt.", reverse("equipe:commune"))
    return page_formulaire(
        request, form, "Bienvenue", bouton="Créer mon compte", retour=None, gabarit="equipe/premiers_pas.html"
    )


@formulaire_web
@reserve(GERER)
def commune(request: HttpRequest, membre: Membre) -> HttpResponse:
    """The town's words; second step of the first run."""
    actuelle = Commune.actuelle()
    formulaire = CommuneForm if _comptes_locaux() else DelegueForm
    form = formulaire(soumis(request), instance=actuelle)
    if form.is_valid():
        with transaction.atomic():
            form.save()
            noter(membre, "a modifié les coordonnées de la commune")
        return fait(request, "Les coordonnées de la commune sont enregistrées.", reverse("accueil"))
    return page_formulaire(
        request, form, "Votre commune", bouton="Enregistrer", retour=("À faire", reverse("accueil")),
        intro=COORDONNEES if _comptes_locaux() else COORDONNEES_DU_SITE,
        page_active="reglages",
    )  # fmt: skip


@formulaire_web
@never_cache
def connexion(request: HttpRequest) -> HttpResponse:
    """Sign in; the same sentence whether the account exists or not."""
    suite = suite_sure(request, request.GET.get("next"), reverse("accueil"))
    if membre_de(request) is not None:
        return redirect(suite)
    if not _comptes_locaux():
        return openid.aller(request, suite)
    if not Membre.objects.installe():
        return redirect("equipe:premiers_pas")
    form = ConnexionForm(soumis(request))
    if form.is_valid():
        courriel = form.cleaned_data["courriel"]
        if trop_d_essais(request, courriel):
            form.add_error(None, "Trop d'essais : attendez un quart d'heure, puis recommencez.")
        else:
            membre = authenticate(request, courriel=courriel, mot_de_passe=form.cleaned_data["mot_de_passe"])
            if membre is not None:
                _ouvrir(request, membre)
                return redirect(suite)
            noter_echec(request, courriel)
            form.add_error(
                None, "L'adresse ou le mot de passe ne convient pas. Le responsable de l'équipe peut vous aider."
            )
    return page_formulaire(request, form, "Se connecter", bouton="Se connecter", retour=None)


@formulaire_web
@reserve()
def moi(request: HttpRequest, membre: Membre) -> HttpResponse:
    """One's own account: role, password (where it is kept here), sign out."""
    if not _comptes_locaux():
        return render(request, "equipe/moi_annuaire.html", {"titre": "Votre compte", "page_active": "moi"})
    form = ChangerMotDePasseForm(soumis(request), membre=membre)
    if form.is_valid():
        membre.set_password(form.cleaned_data["nouveau"])
        membre.save(update_fields=["password"])
        noter(membre, "a changé son mot de passe")
        qui: Any = membre
        update_session_auth_hash(request, qui)
        return fait(request, "Votre mot de passe est changé.", reverse("equipe:moi"))
    return page_formulaire(
        request, form, "Votre compte", bouton="Changer mon mot de passe", retour=None, gabarit="equipe/moi.html",
        page_active="moi",
    )  # fmt: skip


@require_http_methods(["POST"])
def deconnexion(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    if not _comptes_locaux():
        return openid.quitter(request)
    logout(request)
    return redirect("equipe:connexion")


@require_safe
@reserve(GERER)
def comptes(request: HttpRequest, membre: Membre) -> HttpResponse:
    """Accounts of the team."""
    return render(
        request,
        "equipe/comptes.html",
        {
            "titre": "L'équipe",
            "membres": Membre.objects.order_by("-is_active", "nom"),
            "page_active": "reglages",
            "comptes_locaux": _comptes_locaux(),
            "groupes": _groupes(),
        },
    )


@formulaire_web
@reserve(GERER)
def nouveau_compte(request: HttpRequest, membre: Membre) -> HttpResponse:
    """A new account; where the town's directory keeps them, there is nothing to open here."""
    if not _comptes_locaux():
        raise Http404
    form = CompteForm(soumis(request))
    if form.is_valid():
        donnees = form.cleaned_data
        with transaction.atomic():
            nouveau = Membre.objects.creer(
                donnees["courriel"], donnees["nom"], donnees["role"], donnees["mot_de_passe"]
            )
            noter(membre, f"a ouvert un compte à {nouveau.nom} ({nouveau.get_role_display()})")
        return fait(request, f"Le compte de {nouveau.nom} est ouvert.", reverse("equipe:comptes"))
    return page_formulaire(
        request, form, "Ouvrir un compte", bouton="Ouvrir le compte", retour=("L'équipe", reverse("equipe:comptes")),
        page_active="reglages",
    )  # fmt: skip


@formulaire_web
@reserve(GERER)
def modifier_compte(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Change of role, closing."""
    compte = get_object_or_404(Membre, pk=pk)
    if compte.pk == membre.pk:
        raise PermissionDenied("Votre propre rôle se change par un autre responsable.")
    formulaire = RoleForm if compte.identite is None else AccesForm
    form = formulaire(soumis(request), instance=compte)
    if form.is_valid():
        with transaction.atomic():
            compte = form.save()
            etat = compte.get_role_display() if compte.is_active else "compte fermé"
            noter(membre, f"a modifié le compte de {compte.nom} ({etat})")
        return fait(request, f"Le compte de {compte.nom} est à jour.", reverse("equipe:comptes"))
    return page_formulaire(
        request, form, f"Compte de {compte.nom}", bouton="Enregistrer",
        retour=("L'équipe", reverse("equipe:comptes")), page_active="reglages",
    )  # fmt: skip
