"""Who may open a page of the team."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from consultation.ecoute.equipe.models import Membre, Role

P = ParamSpec("P")
Vue = Callable[Concatenate[HttpRequest, Membre, P], HttpResponse]

TOUS = frozenset(Role)
PREPARER = frozenset({Role.RESPONSABLE, Role.EQUIPE})
LIRE = PREPARER | {Role.DPO}
SAISIR = PREPARER | {Role.ACCUEIL}
GERER = frozenset({Role.RESPONSABLE})


def membre_de(request: HttpRequest) -> Membre | None:
    """Who is signed in."""
    qui: object = getattr(request, "user", None)
    return qui if isinstance(qui, Membre) else None


def reserve(roles: frozenset[Role] = TOUS) -> Callable[[Vue[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Give the view the member who is signed in, if their role allows; pages are never kept by the browser."""

    def decorer(vue: Vue[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(vue)
        def enveloppe(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            membre = membre_de(request)
            if membre is None:
                if settings.ECOUTE_CONNEXION == "local" and not Membre.objects.installe():
                    return redirect("equipe:premiers_pas")
                return redirect_to_login(request.get_full_path())
            if membre.role not in roles:
                raise PermissionDenied("Votre rôle dans l'équipe ne donne pas accès à cette page.")
            return vue(request, membre, *args, **kwargs)

        protegee: Callable[Concatenate[HttpRequest, P], HttpResponse] = never_cache(enveloppe)  # type: ignore[assignment]
        return protegee

    return decorer
