"""Sign-in through the town's identity provider: the directory says who somebody is and what they may do here.

The account is keyed by issuer, source and subject; name, e-mail and role are taken again at each sign-in. A resident's
identity (FranceConnect) never enters, whatever e-mail it asserts (socle/openid/identite.py).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.backends import BaseBackend
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy

from consultation.ecoute.equipe.acces import membre_de
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.journal.services import noter
from socle.openid.identite import ANNUAIRE, AccesRefuse, Identite, identite, verifier_personnel
from socle.openid.site import Site

SANS_GROUPE = (
    "Votre compte ne fait pas partie de l'équipe d'écoute. Pour y entrer, demandez-le au service informatique : il "
    "ajoute votre compte à l'un des groupes de l'équipe."
)
TITRES = {
    "indisponible": "La connexion est momentanément indisponible",
    "echec": "La connexion n'a pas abouti",
    "refus": "Vous ne pouvez pas entrer ici avec ce compte",
    "deconnecte": "Vous êtes déconnecté",
}


class CompteAnnuaire(BaseBackend):
    """No password is ever checked here; the member of a session, if the account is still open."""

    def authenticate(self, request: HttpRequest | None, **_: Any) -> None:
        """Nobody: only the provider opens a session."""

    def get_user(self, user_id: Any) -> Membre | None:  # type: ignore[override]
        """The member of a session, if the account is still open."""
        return Membre.objects.filter(pk=user_id, is_active=True).first()


class Equipe(Site):
    """The team, where ECOUTE_CONNEXION names the provider."""

    accueil = reverse_lazy("accueil")
    retour = reverse_lazy("equipe:oidc_retour")
    apres = reverse_lazy("equipe:deconnecte")

    def propose(self) -> bool:
        """Whether the site signs in through a provider."""
        return bool(settings.ECOUTE_CONNEXION == "openid-connect")

    def connecte(self, request: HttpRequest) -> bool:
        """Whether a member of the team is signed in."""
        return membre_de(request) is not None

    def ouvrir(self, request: HttpRequest, claims: dict[str, Any]) -> None:
        """Open the session of a member, brought up to date. Raises AccesRefuse."""
        membre: Any = membre_de_claims(claims)
        login(request, membre, backend=settings.AUTHENTICATION_BACKENDS[0])

    def confirmer(self, request: HttpRequest, claims: dict[str, Any]) -> None:
        """Take again the role of the member of this session. Raises AccesRefuse."""
        if membre_de_claims(claims) != membre_de(request):
            raise AccesRefuse("Cette session est celle d'un autre compte. Reconnectez-vous.")

    def comptes(self, sub: str) -> QuerySet[Any]:
        """The account of a member of the team."""
        return Membre.objects.filter(identite__endswith=f" {ANNUAIRE} {sub}")

    def page(self, request: HttpRequest, nom: str, statut: int, raison: str = "") -> HttpResponse:
        """One of the pages around sign-in, with its status."""
        contexte = {"titre": TITRES[nom], "raison": raison}
        return render(request, f"equipe/openid/{nom}.html", contexte, status=statut)


def _role(qui: Identite) -> Role:
    """The role of the first group that the person is in; the table is ordered, the widest first."""
    return Role(next(role for groupe, role in settings.ECOUTE_OIDC_GROUPES.items() if groupe in qui.groupes))


def membre_de_claims(claims: dict[str, Any]) -> Membre:
    """Return the member that verified claims describe, brought up to date. Raises AccesRefuse."""
    qui = identite(claims)
    verifier_personnel(qui, settings.ECOUTE_OIDC_GROUPES, settings.OIDC_REQUIRED_ACR, SANS_GROUPE)
    cle = f"{qui.issuer} {qui.source} {qui.sub}"
    role = _role(qui)
    champs = {"courriel": qui.courriel.strip().lower(), "nom": (qui.nom or qui.sub)[:120], "role": role.value}
    with transaction.atomic():
        membre, nouveau = Membre.objects.get_or_create(identite=cle, defaults=champs)
        if nouveau:
            membre.set_unusable_password()
            membre.save(update_fields=["password"])
            noter(membre, f"est entré dans l'équipe par l'annuaire ({role.label})")
        else:
            _mettre_a_jour(membre, champs)
    if not membre.is_active:
        raise AccesRefuse("Votre accès a été fermé par un responsable de l'équipe. Adressez-vous à lui.")
    return membre


def _mettre_a_jour(membre: Membre, champs: dict[str, str]) -> None:
    changes = [nom for nom, valeur in champs.items() if getattr(membre, nom) != valeur]
    for nom in changes:
        setattr(membre, nom, champs[nom])
    if changes:
        membre.save(update_fields=changes)
    if "role" in changes:
        noter(membre, f"a un autre rôle dans l'annuaire ({membre.get_role_display()})")
