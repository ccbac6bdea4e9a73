"""French as it is printed: one rule for every application."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template

from socle.typographie import calendrier, dates, nombres
from socle.typographie.espaces import apostrophes, insecables


def test_nothing_is_parted_that_goes_together() -> None:
    lu = insecables("Quoi ? « Oui » : n° 3, article L. 112")
    assert lu == "Quoi\u00a0? «\u00a0Oui\u00a0»\u00a0: n°\u00a03, article L.\u00a0112"


def test_apostrophes_are_curled_even_as_a_page_writes_them() -> None:
    assert apostrophes("d'abord, l&#x27;avis, 'x'") == "d\u2019abord, l\u2019avis, 'x'"


def test_days_are_said_as_people_say_them() -> None:
    assert calendrier.jour(date(2026, 11, 1)) == "1er\u00a0novembre 2026"
    assert calendrier.jour_du_mois(date(2026, 8, 21)) == "21\u00a0août"
    assert calendrier.mois(date(2026, 2, 3)) == "février 2026"
    assert calendrier.moment(datetime(2026, 11, 1, 18, 30)) == "dimanche 1er\u00a0novembre 2026 à 18\u00a0h\u00a030"
    assert calendrier.jour_court(datetime(2026, 11, 24, 9)) == "24/11/2026 à 9\u00a0h"


def test_instants_are_brought_to_the_clock_of_the_town() -> None:
    minuit_passe = datetime(2026, 7, 14, 22, 5, tzinfo=UTC)
    assert dates.jour(minuit_passe) == "15\u00a0juillet 2026"
    assert dates.heure(minuit_passe) == "0\u00a0h\u00a005"
    assert dates.jour(date(2026, 7, 14)) == "14\u00a0juillet 2026"


@pytest.mark.parametrize(
    ("valeur", "decimales", "dit"),
    [
        (0, 2, "0"),
        (1234, 2, "1\u202f234"),
        (10, 0, "10"),
        (12.5, 2, "12,5"),
        (Decimal("-1234567.80"), 2, "-1\u202f234\u202f567,8"),
    ],
)
def test_numbers_have_a_comma_and_no_useless_zero(valeur: int | float | Decimal, decimales: int, dit: str) -> None:
    assert nombres.nombre(valeur, decimales) == dit


def test_a_number_is_never_parted_from_its_unit() -> None:
    assert nombres.pourcent(0.0909) == "9,1\u00a0%"
    assert nombres.pourcent(1 / 3, 4) == "33,3333\u00a0%"
    assert [nombres.compte(n, "avis lu", "avis lus") for n in (0, 1, 2)] == [
        "0\u00a0avis lu",
        "1\u00a0avis lu",
        "2\u00a0avis lus",
    ]
    assert [nombres.taille(n) for n in (3, 340_000, 2_400_000)] == ["1\u00a0Ko", "340\u00a0Ko", "2,4\u00a0Mo"]


def test_filters_say_the_same_and_nothing_of_nothing() -> None:
    gabarit = Template(
        "{% load typographie %}{{ d|jour }}/{{ rien|jour }}/{{ rien|moment }}/{{ n|pluriel:'avis,avis' }}/{{ t|tel }}"
    )
    dit = gabarit.render(Context({"d": date(2026, 3, 2), "rien": None, "n": 3, "t": "01 99.00 00 00"}))
    assert dit == "2\u00a0mars 2026///3\u00a0avis/0199000000"
