"""Dates as people say them, at the town's clock."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format

INSECABLE = "\u00a0"  # a number and its unit are not parted at the end of a line


def jour(quand: date | datetime) -> str:
    """« 3 novembre 2026 », « 1er novembre 2026 »."""
    local = timezone.localtime(quand).date() if isinstance(quand, datetime) else quand
    quantieme = "1er" if local.day == 1 else str(local.day)
    return f"{quantieme}{INSECABLE}{date_format(local, 'F Y')}"


def heure(quand: datetime) -> str:
    """« 14 h 05 »."""
    local = timezone.localtime(quand)
    return f"{local.hour}{INSECABLE}h{INSECABLE}{local.minute:02d}"


def jour_et_heure(quand: datetime) -> str:
    """« 3 novembre 2026 à 14 h 05 »."""
    return f"{jour(quand)} à {heure(quand)}"
