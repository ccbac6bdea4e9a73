"""Time limits that nothing suspends, and the days a town works."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from guichet.demandes.delais import echeance, est_ouvre, feries
from tests.guichet.fabrique import delai

JOURS = st.dates(date(2009, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("depart", "valeur", "unite", "fin"),
    [
        (date(2026, 11, 23), 2, "mois", date(2027, 1, 23)),
        (date(2026, 12, 31), 2, "mois", date(2027, 2, 28)),
        (date(2027, 12, 31), 2, "mois", date(2028, 2, 29)),
        (date(2027, 12, 29), 2, "mois", date(2028, 2, 29)),
        (date(2028, 2, 29), 12, "mois", date(2029, 2, 28)),
        (date(2026, 8, 31), 1, "mois", date(2026, 9, 30)),
        (date(2026, 3, 28), 1, "jours", date(2026, 3, 29)),
        (date(2026, 1, 1), 14, "mois", date(2027, 3, 1)),
        # A decision may be born on a Sunday, on Christmas Day, on 1 January.
        (date(2026, 9, 22), 2, "mois", date(2026, 11, 22)),
        (date(2026, 10, 25), 2, "mois", date(2026, 12, 25)),
        (date(2026, 12, 2), 30, "jours", date(2027, 1, 1)),
        # Working days: from a Friday; over Easter and 1 May; over a Christmas that falls on a Friday.
        (date(2026, 11, 20), 1, "jours_ouvres", date(2026, 11, 23)),
        (date(2026, 4, 2), 2, "jours_ouvres", date(2026, 4, 7)),
        (date(2026, 4, 30), 1, "jours_ouvres", date(2026, 5, 4)),
        (date(2026, 12, 24), 1, "jours_ouvres", date(2026, 12, 28)),
        (date(2026, 12, 24), 10, "jours_ouvres", date(2027, 1, 11)),
    ],
)
def test_known_dates(depart: date, valeur: int, unite: str, fin: date) -> None:
    assert echeance(depart, delai(valeur, unite)) == fin


@given(JOURS, st.integers(1, 24))
def test_months_keep_the_day_or_end_the_month(depart: date, mois: int) -> None:
    fin = echeance(depart, delai(mois, "mois"))
    assert (fin.year - depart.year) * 12 + fin.month - depart.month == mois
    assert fin.day == depart.day or (fin.day < depart.day and (fin + timedelta(days=1)).day == 1)


@given(JOURS, JOURS, st.integers(1, 24), st.sampled_from(["mois", "jours", "jours_ouvres"]))
def test_who_comes_first_is_not_answered_last(un: date, autre: date, valeur: int, unite: str) -> None:
    assert (un <= autre) <= (echeance(un, delai(valeur, unite)) <= echeance(autre, delai(valeur, unite)))


@pytest.mark.parametrize("annee", range(2009, 2100))
def test_public_holidays_are_those_another_library_knows(annee: int) -> None:
    assert feries(annee) == set(holidays.country_holidays("FR", years=annee))


@given(JOURS, st.integers(1, 60))
def test_working_days_are_counted_one_by_one(depart: date, nombre: int) -> None:
    fin = echeance(depart, delai(nombre, "jours_ouvres"))
    francais = holidays.country_holidays("FR", years=range(depart.year, fin.year + 1))
    jours = [depart + timedelta(days=n) for n in range(1, (fin - depart).days + 1)]
    assert sum(1 for jour in jours if jour.weekday() < 5 and jour not in francais) == nombre
    assert est_ouvre(fin)


@pytest.mark.parametrize(
    ("recue", "jour"),
    [
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29)),  # 0 h 30, the night clocks go forward
        (datetime(2026, 3, 29, 22, 30, tzinfo=UTC), date(2026, 3, 30)),  # summer time by then
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 10, 25)),  # the night they go back
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25)),  # winter time by then
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_days_are_those_of_the_town_in_summer_as_in_winter(recue: datetime, jour: date) -> None:
    """Counting works on days: the hour that is lost or had twice never moves a time limit."""
    assert timezone.localtime(recue).date() == jour
    assert echeance(jour, delai(7, "jours")) == jour + timedelta(days=7)


def test_a_time_limit_is_said_in_french() -> None:
    assert [delai(1, unite).en_mots for unite in ("jours", "mois", "jours_ouvres")] == [
        "1 jour",
        "1 mois",
        "1 jour ouvré",
    ]
    assert [delai(2, unite).en_mots for unite in ("jours", "mois", "jours_ouvres")] == [
        "2 jours",
        "2 mois",
        "2 jours ouvrés",
    ]
