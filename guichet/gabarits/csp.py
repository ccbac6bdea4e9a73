"""Content-Security-Policy of every page: our own origin, no inline script, no inline style.

Wagtail's editor cannot do with it: /redaction/ gets inline styles (Draftail writes style attributes) and
may frame itself (page preview). Nothing else is relaxed, and no other origin is ever allowed.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

REDACTION = "/redaction/"


def _origine(url: str) -> str:
    morceaux = urlsplit(url)
    return f"{morceaux.scheme}://{morceaux.netloc}"


def politique(redaction: bool = False) -> str:
    """Return the header's value.

    `form-action` names the identity provider and the site itself by its public name: browsers check it
    against the redirections that follow the sign-out form.
    """
    formulaires = ["'self'", _origine(str(settings.OIDC["issuer"])), _origine(settings.URL_PUBLIQUE)]
    regles = {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"] if redaction else ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"] if redaction else ["'self'"],
        "script-src": ["'self'", "'unsafe-inline'"] if redaction else ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": formulaires,
        "frame-ancestors": ["'self'"] if redaction else ["'none'"],
    }
    return "; ".join(f"{nom} {' '.join(valeurs)}" for nom, valeurs in regles.items())


class PolitiqueDeContenu:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.stricte = politique()
        self.redaction = politique(redaction=True)
        # A page shown inside the editor: as strict as in public, but the editor may frame it.
        self.apercu = self.stricte.replace("frame-ancestors 'none'", "frame-ancestors 'self'")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reponse = self.get_response(request)
        dans_redaction = settings.GUICHET_SITE == "instruction" and request.path.startswith(REDACTION)
        deja = reponse.headers.get("Content-Security-Policy")
        if dans_redaction and deja == self.stricte:  # Wagtail made a request of its own for the preview
            reponse.headers["Content-Security-Policy"] = self.apercu
        elif deja is None:
            reponse.headers["Content-Security-Policy"] = self.redaction if dans_redaction else self.stricte
        return reponse
