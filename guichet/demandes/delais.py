"""Dates of the law. Suspension and transfer (L.114-2, L.114-3) will be counted here too."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from guichet.demarches.definition import Delai


def echeance(recue_le: date, delai: Delai) -> date:
    """Date at which silence takes effect: from date to date (« de quantième à quantième ») for months.

    Where the month has no such day, its last day counts. 23 November + 2 months = 23 January.
    """
    if delai.unite == "jours":
        return recue_le + timedelta(days=delai.valeur)
    mois = recue_le.month - 1 + delai.valeur
    annee, mois = recue_le.year + mois // 12, mois % 12 + 1
    return date(annee, mois, min(recue_le.day, calendar.monthrange(annee, mois)[1]))
