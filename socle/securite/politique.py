"""Content-Security-Policy of every page: the site's own origin, no inline script, no inline style.

A site adds to it in its settings: `CSP_AJOUTS` on all its pages, `CSP_EXCEPTIONS` under one address (a library's pages
that cannot do with less). No other origin is ever allowed.
"""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

ENTETE = "Content-Security-Policy"
CADRE = "frame-ancestors"
AUCUN = "'none'"
REGLES: dict[str, list[str]] = {
    "default-src": ["'self'"],
    "img-src": ["'self'"],
    "style-src": ["'self'"],
    "script-src": ["'self'"],
    "object-src": [AUCUN],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    CADRE: [AUCUN],
}

Ajouts = Mapping[str, Sequence[str]]  # directive: sources


def politique(*ajouts: Ajouts) -> str:
    """Return the header's value, with these additions.

    `form-action` names the identity provider, where there is one, and the site itself by its public name: browsers
    check it against the redirections that follow the sign-out form.
    """
    regles = {nom: [*valeurs] for nom, valeurs in REGLES.items()}
    if settings.OIDC["issuer"]:
        regles["form-action"] += [_origine(settings.OIDC["issuer"]), _origine(settings.URL_PUBLIQUE)]
    for ajout in ajouts:
        for nom, valeurs in ajout.items():
            regles[nom] = [valeur for valeur in regles.get(nom, []) if valeur != AUCUN] + [*valeurs]
    return "; ".join(f"{nom} {' '.join(valeurs)}" for nom, valeurs in regles.items())


def _origine(url: str) -> str:
    morceaux = urlsplit(url)
    return f"{morceaux.scheme}://{morceaux.netloc}"


class PolitiqueDeContenu:
    """Add the header to every response that has none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.stricte = politique(settings.CSP_AJOUTS)
        self.exceptions = {
            # A page of the site that an exception frames (a preview) stays strict, but for its frame.
            debut: (politique(settings.CSP_AJOUTS, ajouts), politique(settings.CSP_AJOUTS, _du_cadre(ajouts)))
            for debut, ajouts in settings.CSP_EXCEPTIONS.items()
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Adds the policy of the path; a page shown in a frame of our own may be framed by us."""
        reponse = self.get_response(request)
        large, encadree = next(
            (valeurs for debut, valeurs in self.exceptions.items() if request.path.startswith(debut)),
            (self.stricte, self.stricte),
        )
        deja = reponse.headers.get(ENTETE)
        if deja is None:
            reponse.headers[ENTETE] = large
        elif deja == self.stricte:  # Wagtail made a request of its own for the preview
            reponse.headers[ENTETE] = encadree
        return reponse


def _du_cadre(ajouts: Ajouts) -> Ajouts:
    return {nom: valeurs for nom, valeurs in ajouts.items() if nom == CADRE}
