"""Error pages: no code, no jargon, what became of the answers, whom to contact."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

ERREURS = {
    400: (
        "Cette demande n'a pas été comprise",
        "L'adresse ou les informations envoyées ne sont pas complètes. Revenez à la page précédente et recommencez.",
    ),
    403: ("Vous n'avez pas accès à cette page", "Elle est réservée à d'autres personnes de l'équipe."),
    404: ("Page introuvable", "Cette page n'existe pas ou n'existe plus. Si vous avez tapé l'adresse, vérifiez-la."),
    500: (
        "Un problème nous empêche d'afficher cette page",
        "Le problème vient de notre site, pas de vous. Réessayez dans quelques minutes. Si vous veniez d'envoyer une "
        "réponse sans lire « C'est enregistré », elle ne l'est pas : renvoyez-la un peu plus tard.",
    ),
}
EXPIREE = (
    "La page a expiré",
    "Par sécurité, cette page n'est plus valable : elle est restée ouverte trop longtemps, ou votre navigateur refuse "
    "les cookies. Revenez à la page précédente, rechargez-la, puis recommencez.",
)


def _page(request: HttpRequest, statut: int, titre: str, phrase: str) -> HttpResponse:
    return render(request, "erreurs/erreur.html", {"titre": titre, "phrase": phrase}, status=statut)


def erreur_400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Bad request."""
    return _page(request, 400, *ERREURS[400])


def erreur_403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Forbidden; the exception may say why in French."""
    titre, phrase = ERREURS[403]
    return _page(request, 403, titre, str(exception or "") or phrase)


def erreur_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not found."""
    return _page(request, 404, *ERREURS[404])


def erreur_500(request: HttpRequest) -> HttpResponse:
    """Our fault."""
    return _page(request, 500, *ERREURS[500])


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old."""
    return _page(request, 403, *EXPIREE)
