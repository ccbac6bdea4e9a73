"""What a site decides of its sign-in; `OIDC_SITE` names its class, and views.py does the rest."""

from abc import ABC, abstractmethod
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.module_loading import import_string


class Site(ABC):
    """Paths of this site: home (`accueil`), callback (`retour`), and where signing out ends (`apres`)."""

    accueil: str | Promise = "/"
    retour: str | Promise = "/oidc/retour/"
    apres: str | Promise = "/deconnecte/"

    def propose(self) -> bool:
        """Whether people sign in through the provider; the pages do not exist otherwise."""
        return True

    @abstractmethod
    def connecte(self, request: HttpRequest) -> bool:
        """Whether somebody is signed in already."""

    @abstractmethod
    def ouvrir(self, request: HttpRequest, claims: dict[str, Any]) -> None:
        """Open the session of whom verified claims describe. Raises AccesRefuse."""

    def confirmer(self, request: HttpRequest, claims: dict[str, Any]) -> None:
        """Take again what verified claims say of whom this session is. Raises AccesRefuse.

        Only for sites that have `socle.openid.droits.DroitsAJour` among their middleware.
        """
        raise NotImplementedError

    def comptes(self, sub: str) -> QuerySet[Any]:
        """Accounts of this person of the town's directory. Only for sites of the town's staff."""
        raise NotImplementedError

    @abstractmethod
    def page(self, request: HttpRequest, nom: str, statut: int, raison: str = "") -> HttpResponse:
        """Return one of our pages: "indisponible", "echec", "refus", "deconnexion" or "deconnecte".

        `raison`: why somebody is refused, in French.
        """


def site() -> Site:
    """The class that this site's settings name."""
    choisi: Site = import_string(settings.OIDC_SITE)()
    return choisi
