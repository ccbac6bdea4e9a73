"""Dates as an agent says them: an age for the list, a day and an hour for the page."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format


def age(instant: datetime, aujourdhui: date | None = None) -> str:
    """« aujourd’hui », « hier », « il y a 3 jours »: counted in days of the town's calendar, not in 24 h."""
    jour = timezone.localtime(instant).date()
    jours = ((aujourdhui or timezone.localdate()) - jour).days
    if jours <= 0:
        return "aujourd’hui"
    if jours == 1:
        return "hier"
    if jours < 14:
        return f"il y a {jours} jours"
    if jours < 60:
        return f"il y a {jours // 7} semaines"
    if jours < 365:
        return f"il y a {jours // 30} mois"
    annees = jours // 365
    return "il y a 1 an" if annees == 1 else f"il y a {annees} ans"


def duree(instant: datetime, aujourdhui: date | None = None) -> str:
    """The same, after « depuis »: « aujourd’hui », « hier », « 3 jours »."""
    return age(instant, aujourdhui).removeprefix("il y a ")


def jour(instant: datetime) -> str:
    """« 3 novembre 2026 », « 1er » included."""
    local = timezone.localtime(instant)
    quantieme = "1er" if local.day == 1 else str(local.day)
    return f"{quantieme} {date_format(local, 'F Y')}"


def jour_et_heure(instant: datetime) -> str:
    """« 3 novembre 2026 à 14 h 05 »."""
    local = timezone.localtime(instant)
    return f"{jour(instant)} à {local.hour} h {local.minute:02d}"
