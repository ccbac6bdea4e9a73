"""Content-Security-Policy of every page: our own origin, no inline script, no inline style."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

REGLES = {
    "default-src": "'self'",
    "img-src": "'self' data:",  # QR codes are drawn in the page
    "style-src": "'self'",
    "script-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "frame-ancestors": "'none'",
}


def _origine(url: str) -> str:
    morceaux = urlsplit(url)
    return f"{morceaux.scheme}://{morceaux.netloc}"


def politique() -> str:
    """Return the header's value.

    `form-action` names the identity provider, where there is one, and the site itself by its public name: browsers
    check it against the redirections that follow the sign-out form.
    """
    formulaires = ["'self'"]
    if settings.OIDC["issuer"]:
        formulaires += [_origine(settings.OIDC["issuer"]), _origine(settings.URL_PUBLIQUE)]
    regles = {**REGLES, "form-action": " ".join(formulaires)}
    return "; ".join(f"{nom} {valeur}" for nom, valeur in regles.items())


class PolitiqueDeContenu:
    """Add the header to every response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.politique = politique()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reponse = self.get_response(request)
        reponse.headers.setdefault("Content-Security-Policy", self.politique)
        return reponse
