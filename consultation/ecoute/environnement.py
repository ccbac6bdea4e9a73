"""Reading of the environment: everything that varies from one town to another comes from it."""

import os

from django.core.exceptions import ImproperlyConfigured

VRAI = {"1", "true", "oui", "yes"}


def texte(nom: str, defaut: str | None = None) -> str:
    """Return a variable; without default it is mandatory, and its absence is said in words."""
    valeur = os.environ.get(nom, "")
    if valeur:
        return valeur
    if defaut is None:
        raise ImproperlyConfigured(f"La variable d'environnement {nom} est obligatoire et n'est pas donnée.")
    return defaut


def booleen(nom: str, defaut: bool = False) -> bool:
    """Return whether a variable says yes."""
    valeur = os.environ.get(nom, "")
    return valeur.strip().lower() in VRAI if valeur else defaut


def liste(nom: str, defaut: tuple[str, ...] = ()) -> list[str]:
    """Return a comma-separated list."""
    valeur = os.environ.get(nom, "")
    return [mot.strip() for mot in valeur.split(",") if mot.strip()] if valeur else list(defaut)
