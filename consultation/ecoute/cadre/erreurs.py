"""Error pages: no code, no jargon, what became of the answers, whom to contact."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.template.loader import render_to_string

from consultation.ecoute.cadre import contexte

MOTS = {
    "400": (
        "Cette demande n'a pas été comprise",
        "L'adresse ou les informations envoyées ne sont pas complètes. Revenez à la page précédente et recommencez.",
    ),
    "403": ("Vous n'avez pas accès à cette page", "Elle est réservée à d'autres personnes de l'équipe."),
    "404": ("Page introuvable", "Cette page n'existe pas ou n'existe plus. Si vous avez tapé l'adresse, vérifiez-la."),
    "500": (
        "Un problème nous empêche d'afficher cette page",
        "Le problème vient de notre site, pas de vous. Réessayez dans quelques minutes. Si vous veniez d'envoyer une "
        "réponse sans lire « C'est enregistré », elle ne l'est pas : renvoyez-la un peu plus tard.",
    ),
    "csrf": (
        "La page a expiré",
        "Par sécurité, cette page n'est plus valable : elle est restée ouverte trop longtemps, ou votre navigateur "
        "refuse les cookies. Revenez à la page précédente, rechargez-la, puis recommencez.",
    ),
}


def page(request: HttpRequest, nom: str, *, raison: str = "", base: bool = True) -> str:
    """Return the page that socle/erreurs.py asks for."""
    titre, phrase = MOTS[nom]
    return render_to_string(
        "erreurs/erreur.html", {**_cadre(request, base), "titre": titre, "phrase": raison or phrase}
    )


def _cadre(request: HttpRequest, base: bool) -> dict[str, Any]:
    """The town and who is signed in, as every page; what the settings say of the town when the database is down."""
    if base:
        try:
            return contexte.commune(request)
        except DatabaseError:
            pass
    return {"commune": settings.COMMUNE, "accessibilite": settings.ACCESSIBILITE}
