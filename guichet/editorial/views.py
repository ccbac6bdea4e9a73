"""The door of the workshop: who may not come in reads why."""

from __future__ import annotations

from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SANS_DROIT = (
    "Votre compte ne permet pas d'écrire les pages et les démarches du site. Si c'est votre travail, demandez à votre "
    "responsable de vous faire ajouter au groupe « editeurs » ou « responsables-demarches » de l'annuaire."
)


@never_cache
@require_safe
def entree(request: HttpRequest) -> HttpResponse:
    """Where Wagtail sends whom it does not let in: to sign in, or, once signed in, to the reason in words."""
    if request.user.is_authenticated:
        list(get_messages(request))  # Wagtail's own words of the refusal: the page says them better
        raise PermissionDenied(SANS_DROIT)
    return redirect("/connexion/?" + urlencode({"next": request.GET.get("next", "/redaction/")}))
