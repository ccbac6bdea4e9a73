"""Content-Security-Policy of every page: our own origin, no inline script, no inline style."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLITIQUE = "; ".join(
    f"{nom} {valeur}"
    for nom, valeur in {
        "default-src": "'self'",
        "img-src": "'self' data:",  # QR codes are drawn in the page
        "style-src": "'self'",
        "script-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }.items()
)


class PolitiqueDeContenu:
    """Add the header to every response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reponse = self.get_response(request)
        reponse.headers.setdefault("Content-Security-Policy", POLITIQUE)
        return reponse
