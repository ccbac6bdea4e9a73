"""Journeys in words, French and English. Apart, so that a report needs no engine."""

from __future__ import annotations

LABELS: dict[str, tuple[str, str]] = {
    "page": ("Ouvrir une page", "Open one page"),
    "lire": ("Se renseigner", "Look for information"),
    "signaler": ("Signaler un problème, sans compte", "Report a problem, without an account"),
    "inscrire": ("Se connecter et faire une demande", "Sign in and file a request"),
    "suivre": ("Se connecter et suivre ses demandes", "Sign in and follow requests"),
    "ouvrir_compte": ("Ouvrir un compte", "Open an account"),
    "agent": ("Journée d'un agent", "An agent's day"),
}
