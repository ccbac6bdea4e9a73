"""Reading of the environment: everything that varies from one town to another comes from it."""

import os
import re
from datetime import date

from django.core.exceptions import ImproperlyConfigured

VRAI = {"1", "true", "oui", "yes"}


def texte(nom: str, defaut: str | None = None) -> str:
    """Return a variable, `defaut` when it is absent or empty. Raises ImproperlyConfigured where there is neither."""
    valeur = os.environ.get(nom, "")
    if valeur:
        return valeur
    if defaut is None:
        raise ImproperlyConfigured(f"La variable d'environnement {nom} est obligatoire et n'est pas donnée.")
    return defaut


def exiger(*noms: str) -> None:
    """Refuse to start without these variables. Raises ImproperlyConfigured, which names the first one missing."""
    for nom in noms:
        texte(nom)


def booleen(nom: str, defaut: bool = False) -> bool:
    """Return whether a variable says yes."""
    valeur = os.environ.get(nom, "")
    return valeur.strip().lower() in VRAI if valeur else defaut


def entier(nom: str, defaut: int) -> int:
    """Return a whole number. Raises ImproperlyConfigured when the variable holds something else."""
    valeur = os.environ.get(nom, "")
    try:
        return int(valeur) if valeur else defaut
    except ValueError as erreur:
        raise ImproperlyConfigured(f"{nom} doit être un nombre entier, pas « {valeur} ».") from erreur


def jour(nom: str) -> date | None:
    """Return a day written YYYY-MM-DD, None when absent. Raises ImproperlyConfigured when it is something else."""
    valeur = os.environ.get(nom, "")
    try:
        return date.fromisoformat(valeur) if valeur else None
    except ValueError as erreur:
        raise ImproperlyConfigured(f"{nom} doit être une date comme 2026-01-31, pas « {valeur} ».") from erreur


def horaires(nom: str) -> str:
    """Return opening hours with the spaces that keep « 8 h 30 » on one line."""
    return re.sub(r"(\d) ?h(?: (?=\d))?(?![a-z])", lambda trouve: _lier(trouve[0]), texte(nom, ""))


def _lier(heure: str) -> str:
    return heure.replace(" ", "\u00a0")


def liste(nom: str, defaut: tuple[str, ...] = ()) -> list[str]:
    """Return a comma-separated list."""
    valeur = os.environ.get(nom, "")
    return [mot.strip() for mot in valeur.split(",") if mot.strip()] if valeur else list(defaut)
