"""Sign-in of each site of guichet: who may enter, and the pages around it."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guichet.gabarits.erreurs import rendre
from guichet.identite.middleware import CLE_SESSION
from socle.openid.identite import ANNUAIRE, AccesRefuse, identite, verifier_personnel
from socle.openid.site import Site

GROUPE_AGENTS = "agents"
SANS_GROUPE = "Votre compte n'est pas celui d'un agent. Demandez l'accès à votre service informatique."


class _Guichet(Site):
    base = ""  # frame of the pages that leave the site

    def page(self, request: HttpRequest, nom: str, statut: int, raison: str = "") -> HttpResponse:
        if nom in {"deconnexion", "deconnecte"}:
            return render(request, f"identite/{nom}.html", {"base": self.base}, status=statut)
        return HttpResponse(rendre(f"identite/{nom}.html", raison), status=statut)


class Portail(_Guichet):
    """Residents, with an account of the town or FranceConnect. Signing out leads home."""

    apres = "/"
    base = "base_portail.html"

    def connecte(self, request: HttpRequest) -> bool:
        """Whether a resident is signed in."""
        return getattr(request, "usager", None) is not None

    def ouvrir(self, request: HttpRequest, claims: dict[str, Any]) -> None:
        """Open a resident's session. Raises AccesRefuse."""
        from guichet.comptes import identites

        qui = identite(claims)
        usager, cree = apps.get_model("comptes", "Usager")._default_manager.get_or_create(
            **qui.cle, defaults={"courriel": qui.courriel, "nom": qui.nom}
        )
        if not cree:
            usager.nom = qui.nom
            # A session of the provider that is older than a change of address still tells the former one.
            if not usager.adresse_quittee or qui.courriel.lower() != usager.adresse_quittee.lower():
                usager.courriel = qui.courriel
            usager.save(update_fields=["nom", "courriel"])
        identites.noter(usager, claims)
        request.session.cycle_key()
        request.session[CLE_SESSION] = str(usager.pk)


class Agents(_Guichet):
    """Agents of the town's directory, with a second factor."""

    base = "base_agents.html"

    def connecte(self, request: HttpRequest) -> bool:
        """Whether an agent is signed in."""
        return bool(request.user.is_authenticated)

    def ouvrir(self, request: HttpRequest, claims: dict[str, Any]) -> None:
        """Open an agent's session, with the groups that the directory gives today. Raises AccesRefuse."""
        login(request, self._agent(claims), backend="guichet.identite.backend.AnnuaireBackend")

    def confirmer(self, request: HttpRequest, claims: dict[str, Any]) -> None:
        """Take again the groups of the agent of this session. Raises AccesRefuse."""
        if self._agent(claims) != request.user:
            raise AccesRefuse("Cette session est celle d'un autre compte. Reconnectez-vous.")

    def comptes(self, sub: str) -> QuerySet[Any]:
        """The account of an agent."""
        found: QuerySet[Any] = get_user_model()._default_manager.filter(source=ANNUAIRE, sub=sub)
        return found

    @staticmethod
    def _agent(claims: dict[str, Any]) -> Any:
        qui = identite(claims)
        verifier_personnel(qui, {GROUPE_AGENTS}, settings.OIDC_REQUIRED_ACR, SANS_GROUPE)
        groupes = list(qui.groupes)
        champs: dict[str, Any] = {"courriel": qui.courriel, "nom": qui.nom or qui.sub, "groupes": groupes}
        if qui.qualite:  # else what the agent said of it stays
            champs["qualite"] = qui.qualite
        agent, _ = get_user_model()._default_manager.update_or_create(**qui.cle, defaults=champs)
        if not agent.is_active:
            raise AccesRefuse("Votre accès a été suspendu. Contactez votre service informatique.")
        from guichet.conception.droits import accorder_conception
        from guichet.editorial.droits import accorder_redaction

        accorder_redaction(agent, groupes)
        accorder_conception(agent, groupes)
        return agent
