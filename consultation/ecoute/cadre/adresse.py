"""Whether the links that leave this machine open anywhere else: alone on a laptop, they do not by themselves."""

from __future__ import annotations

from django.conf import settings


def locale() -> bool:
    """Whether the public address opens on this machine only."""
    return bool(settings.ECOUTE_ADRESSE_LOCALE)


def a_donner() -> str:
    """What to do about it, in French."""
    return (
        f"L'adresse de ce site ({settings.URL_PUBLIQUE}) ne s'ouvre que sur cette machine : les liens des messages "
        "seraient morts pour les autres. Placez un serveur HTTPS devant, puis relancez avec « --url https://… »."
    )
