"""Pages that are the same for everybody: made once in each process, for as long as nothing of what they show changes.

Nothing of a person is kept. A page is kept under what may change it (host, path, signed in or not) and only when it
came without cookie, without form token and without message; a request that brings a message, or the right to a page
behind a password, has its page made for it. What is kept is served while `etat()` says the same, so that a publication
is seen with the next page, in every process.

Shared caches keep nothing (`private`): browsers ask each time, and are told in two hundred bytes that nothing changed.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

Vue = Callable[..., HttpResponse]
PLACES = 256
"""Pages kept in a process, some 15 kB each; the one not asked for longest goes first."""
CLES_A_SOI = ("_messages", "passed_page_view_restrictions")
"""What a session may hold that shows in a page, besides who is signed in: Django's messages, Wagtail's passwords."""


@dataclass(frozen=True)
class _Page:
    etat: str
    contenu: bytes
    genre: str
    marque: str


class PagesCommunes:
    """The pages kept by this process. ``etat``: what all of them show, as one word, cheap to ask."""

    def __init__(self, etat: Callable[[], str]) -> None:
        self._etat = etat
        self._pages: OrderedDict[tuple[str, ...], _Page] = OrderedDict()
        self._verrou = Lock()

    def garder(self, a_soi: Callable[..., bool] | None = None) -> Callable[[Vue], Vue]:
        """Decorator of a view. ``a_soi(request, …)``: whether its page shows something of who asks."""

        def decorer(vue: Vue) -> Vue:
            @wraps(vue)
            def adresse(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
                if (a_soi is not None and a_soi(request, *args, **kwargs)) or not _commune(request):
                    return _a_soi(vue(request, *args, **kwargs))
                return self._servir(request, vue, args, kwargs)

            return adresse

        return decorer

    def oublier(self) -> None:
        """Make every page again."""
        with self._verrou:
            self._pages.clear()

    def _servir(self, request: HttpRequest, vue: Vue, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponse:
        # Asked before the page is made: what changes meanwhile makes it again.
        etat = self._etat()
        cle = (request.get_host(), request.path, "connecte" if getattr(request, "usager", None) else "")
        with self._verrou:
            page = self._pages.get(cle)
            if page is not None:
                self._pages.move_to_end(cle)
        if page is None or page.etat != etat:
            reponse = vue(request, *args, **kwargs)
            if hasattr(reponse, "render"):
                reponse = reponse.render()
            if not _gardable(request, reponse):
                return _a_soi(reponse)
            marque = f'"{hashlib.sha256(reponse.content).hexdigest()[:32]}"'
            page = _Page(etat, reponse.content, reponse.headers["Content-Type"], marque)
            with self._verrou:
                self._pages[cle] = page
                while len(self._pages) > PLACES:
                    self._pages.popitem(last=False)
        reponse = HttpResponse(page.contenu, content_type=page.genre)
        reponse.headers["ETag"] = page.marque
        _prive(reponse)
        conditionnelle = get_conditional_response(request, etag=page.marque, response=reponse)
        return reponse if conditionnelle is None else conditionnelle


def _commune(request: HttpRequest) -> bool:
    """Whether nothing of this request can show in the page, but whether somebody is signed in."""
    if request.method not in ("GET", "HEAD") or request.META.get("QUERY_STRING"):
        return False
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return True
    return not any(cle in request.session for cle in CLES_A_SOI)


def _gardable(request: HttpRequest, reponse: HttpResponse) -> bool:
    return (
        reponse.status_code == 200
        and request.method == "GET"
        and not reponse.streaming
        and not reponse.cookies
        and "no-store" not in reponse.headers.get("Cache-Control", "")
        # A form's token is somebody's: reading it marks the request.
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not any(cle in request.session for cle in CLES_A_SOI)
    )


def _a_soi(reponse: HttpResponse) -> HttpResponse:
    if "Cache-Control" not in reponse.headers:
        _prive(reponse)
    return reponse


def _prive(reponse: HttpResponse) -> None:
    patch_cache_control(reponse, private=True, no_cache=True)
    patch_vary_headers(reponse, ["Cookie"])
