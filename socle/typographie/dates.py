"""Days and hours of instants, brought to the town's clock (Django's TIME_ZONE) before they are said."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from socle.typographie import calendrier


def jour(quand: date | datetime) -> str:
    """« 3 novembre 2026 »; a day without hour is taken as it is."""
    return calendrier.jour(_jour_local(quand))


def jour_du_mois(quand: date | datetime) -> str:
    """« 3 novembre »."""
    return calendrier.jour_du_mois(_jour_local(quand))


def mois(quand: date | datetime) -> str:
    """« novembre 2026 »."""
    return calendrier.mois(_jour_local(quand))


def heure(quand: datetime) -> str:
    """« 14 h 05 »."""
    return calendrier.heure(timezone.localtime(quand))


def jour_et_heure(quand: datetime) -> str:
    """« 3 novembre 2026 à 14 h 05 »."""
    return calendrier.jour_et_heure(timezone.localtime(quand))


def moment(quand: datetime) -> str:
    """« mardi 24 novembre 2026 à 18 h 30 »."""
    return calendrier.moment(timezone.localtime(quand))


def _jour_local(quand: date | datetime) -> date:
    return timezone.localtime(quand).date() if isinstance(quand, datetime) else quand
