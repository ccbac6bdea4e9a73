"""Time of each request, by view: the figures behind the budgets of the project."""

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from socle.supervision.mesures import DUREE

METHODES = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


class DureeDesRequetes:
    """Observe how long each view takes, by method and status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Observes how long the answer took, in seconds."""
        debut = perf_counter()
        reponse = self.get_response(request)
        resolu = request.resolver_match
        # Unknown addresses and methods share one label: nobody can create series from outside.
        vue = (resolu.view_name or resolu._func_path) if resolu else "aucune"
        methode = request.method if request.method in METHODES else "autre"
        DUREE.labels(vue, methode, str(reponse.status_code)).observe(perf_counter() - debut)
        return reponse
