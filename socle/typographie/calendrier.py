"""Days and hours as people say them, of values at the town's clock already (dates.py is for instants)."""

from __future__ import annotations

import re
from datetime import date, datetime

from socle.typographie.espaces import INSECABLE

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def mois(quand: date) -> str:
    """« novembre 2026 »."""
    return f"{MOIS[quand.month - 1]} {quand.year}"


def jour_du_mois(quand: date) -> str:
    """« 3 novembre », « 1er novembre »: number and month stay together."""
    return f"{'1er' if quand.day == 1 else quand.day}{INSECABLE}{MOIS[quand.month - 1]}"


def jour(quand: date) -> str:
    """« 3 novembre 2026 »."""
    return f"{jour_du_mois(quand)} {quand.year}"


def jour_connu(texte: str) -> str:
    """A day AAAA-MM-JJ in words, or what is known of it where 00 stands for the rest; any other text as it is."""
    partielle = re.fullmatch(r"(\d{4})-(\d{2})-00", texte)
    try:
        if partielle is None:
            return jour(date.fromisoformat(texte))
        annee, numero = int(partielle[1]), int(partielle[2])
        return f"{mois(date(annee, numero, 1))} (jour inconnu)" if numero else f"{annee} (jour et mois inconnus)"
    except ValueError:
        return texte


def heure(quand: datetime) -> str:
    """« 14 h 05 »; « 14 h » at the stroke."""
    minutes = f"{INSECABLE}{quand.minute:02d}" if quand.minute else ""
    return f"{quand.hour}{INSECABLE}h{minutes}"


def jour_et_heure(quand: datetime) -> str:
    """« 3 novembre 2026 à 14 h 05 »."""
    return f"{jour(quand)} à {heure(quand)}"


def moment(quand: datetime) -> str:
    """« mardi 24 novembre 2026 à 18 h 30 », for what one comes to."""
    return f"{JOURS[quand.weekday()]} {jour_et_heure(quand)}"


def jour_court(quand: datetime) -> str:
    """« 24/11/2026 à 18 h 30 », for records."""
    return f"{quand:%d/%m/%Y} à {heure(quand)}"
