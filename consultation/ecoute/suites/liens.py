"""Where a change can be looked at, in the brick that changed."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings

from consultation.ecoute.suites.models import Livraison


def adresse_publique(livraison: Livraison) -> str:
    """Address that everybody may open; empty when there is none, or when the brick is not declared."""
    if livraison.genre == Livraison.Genre.DEMARCHE and settings.URL_PORTAIL:
        return f"{settings.URL_PORTAIL}/demarches/{quote(livraison.reference)}/"
    if livraison.reference.startswith("https://") and livraison.publique:
        return livraison.reference
    return ""


def adresse_equipe(livraison: Livraison) -> str:
    """Address for the team: the agents' site too, which asks for its own sign-in."""
    if livraison.genre == Livraison.Genre.DEMANDE and settings.URL_AGENTS:
        return f"{settings.URL_AGENTS}/demandes/{quote(livraison.reference)}/"
    return adresse_publique(livraison)
