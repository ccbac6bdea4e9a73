"""Months as people count them: the same day so many months later, or the last of that month."""

from __future__ import annotations

import calendar
from datetime import date
from typing import TypeVar

Moment = TypeVar("Moment", bound=date)


def plus_mois(moment: Moment, mois: int) -> Moment:
    """`mois` months after a day or a moment, before it when negative: 31 January and one month make 28 February."""
    rang = moment.month - 1 + mois
    annee, numero = moment.year + rang // 12, rang % 12 + 1
    return moment.replace(year=annee, month=numero, day=min(moment.day, calendar.monthrange(annee, numero)[1]))
