"""Ages as an agent says them. Days and hours in full are in socle/typographie."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


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
