"""Time limits counted from date to date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.demandes.delais import echeance
from guichet.demarches.definition import Delai

JOURS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def delai(valeur: int, unite: str) -> Delai:
    return Delai.model_validate(
        {"valeur": valeur, "unite": unite, "silence": "rejet", "fondement": "x", "habituel": "y"}
    )


@pytest.mark.parametrize(
    ("depart", "valeur", "unite", "fin"),
    [
        (date(2026, 11, 23), 2, "mois", date(2027, 1, 23)),
        (date(2026, 12, 31), 2, "mois", date(2027, 2, 28)),
        (date(2027, 12, 31), 2, "mois", date(2028, 2, 29)),
        (date(2026, 8, 31), 1, "mois", date(2026, 9, 30)),
        (date(2026, 3, 28), 1, "jours", date(2026, 3, 29)),
        (date(2026, 1, 1), 14, "mois", date(2027, 3, 1)),
    ],
)
def test_known_dates(depart: date, valeur: int, unite: str, fin: date) -> None:
    assert echeance(depart, delai(valeur, unite)) == fin


@given(JOURS, st.integers(1, 24))
def test_months_keep_the_day_or_end_the_month(depart: date, mois: int) -> None:
    fin = echeance(depart, delai(mois, "mois"))
    assert (fin.year - depart.year) * 12 + fin.month - depart.month == mois
    assert fin.day == depart.day or (fin.day < depart.day and (fin + timedelta(days=1)).day == 1)


@given(JOURS, JOURS, st.integers(1, 24))
def test_who_comes_first_is_not_answered_last(un: date, autre: date, mois: int) -> None:
    assert (un <= autre) <= (echeance(un, delai(mois, "mois")) <= echeance(autre, delai(mois, "mois")))
