"""The clock of a request: suspensions, transfers, decisions, against the law and a slow count day by day."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.demandes.delais import Etat, Faits, Suspension, echeance, horloge
from guichet.demarches.definition import Delai, Silence
from tests.guichet.fabrique import delai

DEUX_MOIS = delai(2, "mois")
ACCORD = delai(2, "mois", "accord")
LOIN = date(2200, 1, 1)


def le(mois: int, jour: int, annee: int = 2026) -> date:
    return date(annee, mois, jour)


def pieces(debut: date, fin: date | None, limite: date | None) -> Suspension:
    return Suspension(debut, fin, limite)


# --- Cases said in words --------------------------------------------------------------------------


def test_nothing_happened() -> None:
    etat = horloge(DEUX_MOIS, Faits(le(1, 5)), le(1, 5))
    assert (etat.depart, etat.echeance, etat.effet) == (le(1, 5), le(3, 5), Silence.REJET)
    assert (etat.etat, etat.jours_restants) == (Etat.COURT, 59)


def test_the_last_day_is_whole_and_the_next_one_is_late() -> None:
    faits = Faits(le(1, 5))
    assert (horloge(DEUX_MOIS, faits, le(3, 5)).etat, horloge(DEUX_MOIS, faits, le(3, 5)).jours_restants) == (
        "court",
        0,
    )
    assert horloge(DEUX_MOIS, faits, le(3, 6)).etat == Etat.DEPASSEE
    assert horloge(DEUX_MOIS, faits, le(3, 8)).jours_restants == -3


def test_a_decision_stops_the_clock_for_good() -> None:
    faits = Faits(le(1, 5), decidee_le=le(2, 1))
    assert horloge(DEUX_MOIS, faits, le(12, 1)).etat == Etat.ARRETEE
    assert horloge(DEUX_MOIS, faits, le(12, 1)).jours_restants == 32
    assert horloge(DEUX_MOIS, faits, le(1, 31)).etat == Etat.COURT  # the day before, it was not known


def test_refusal_is_suspended_until_the_pieces_come() -> None:
    """Asked on 1 February for the 28th, given on the 11th: ten days are not counted."""
    faits = Faits(le(1, 5), suspensions=(pieces(le(2, 1), le(2, 11), le(2, 28)),))
    assert horloge(DEUX_MOIS, faits, le(2, 11)).echeance == le(3, 15)
    assert horloge(DEUX_MOIS, faits, le(2, 10)).etat == Etat.SUSPENDUE
    assert horloge(DEUX_MOIS, faits, le(2, 11)).etat == Etat.COURT


@pytest.mark.parametrize("fin", [None, le(3, 20)])
def test_refusal_is_not_suspended_longer_than_the_time_given(fin: date | None) -> None:
    """Nothing came by the 28th: the clock runs on from there, whatever comes later."""
    faits = Faits(le(1, 5), suspensions=(pieces(le(2, 1), fin, le(2, 28)),))
    assert horloge(DEUX_MOIS, faits, le(3, 1)).echeance == le(4, 1)
    assert horloge(DEUX_MOIS, faits, le(3, 1)).etat == Etat.COURT
    if fin is None:
        assert horloge(DEUX_MOIS, faits, le(2, 28)).etat == Etat.SUSPENDUE


def test_without_a_time_to_produce_them_nothing_is_suspended_towards_refusal() -> None:
    faits = Faits(le(1, 5), suspensions=(pieces(le(2, 1), None, None),))
    assert horloge(DEUX_MOIS, faits, le(2, 2)).echeance == le(3, 5)
    assert horloge(DEUX_MOIS, faits, le(2, 2)).etat == Etat.COURT


def test_acceptance_waits_for_the_pieces_however_long() -> None:
    attend = Faits(le(1, 5), suspensions=(pieces(le(2, 1), None, le(2, 28)),))
    etat = horloge(ACCORD, attend, le(12, 31))
    assert (etat.etat, etat.depart, etat.echeance, etat.jours_restants) == (Etat.SUSPENDUE, None, None, None)
    recues = Faits(le(1, 5), suspensions=(pieces(le(2, 1), le(6, 10), le(2, 28)),))
    assert (horloge(ACCORD, recues, le(6, 10)).depart, horloge(ACCORD, recues, le(6, 10)).echeance) == (
        le(6, 10),
        le(8, 10),
    )


@pytest.mark.parametrize("definition", [DEUX_MOIS, ACCORD])
def test_asking_after_silence_took_effect_revives_nothing(definition: Delai) -> None:
    faits = Faits(le(1, 5), suspensions=(pieces(le(3, 6), None, le(4, 6)),))
    etat = horloge(definition, faits, le(3, 7))
    assert (etat.echeance, etat.etat) == (le(3, 5), Etat.DEPASSEE)


@pytest.mark.parametrize(("definition", "fin"), [(DEUX_MOIS, le(3, 20)), (ACCORD, le(5, 20))])
def test_asking_on_the_last_day_is_in_time(definition: Delai, fin: date) -> None:
    faits = Faits(le(1, 5), suspensions=(pieces(le(3, 5), le(3, 20), le(4, 5)),))
    assert horloge(definition, faits, le(3, 20)).echeance == fin


def test_overlapping_requests_for_pieces_suspend_once() -> None:
    deux = (pieces(le(2, 1), le(2, 11), le(2, 28)), pieces(le(2, 6), le(2, 21), le(2, 28)))
    une = (pieces(le(2, 1), le(2, 21), le(2, 28)),)
    for definition in (DEUX_MOIS, ACCORD):
        ensemble = horloge(definition, Faits(le(1, 5), suspensions=deux), le(2, 22))
        assert ensemble == horloge(definition, Faits(le(1, 5), suspensions=une), le(2, 22))


@pytest.mark.parametrize("transmise", [le(1, 5), le(1, 20), le(3, 4), le(7, 1)])
def test_a_transfer_moves_acceptance_and_never_refusal(transmise: date) -> None:
    """L.114-3: the first authority's receipt counts for refusal, the competent one's for acceptance."""
    faits = Faits(le(1, 5), competente_le=transmise)
    assert horloge(DEUX_MOIS, faits, le(1, 6)).echeance == le(3, 5)
    assert horloge(ACCORD, faits, le(1, 6)).echeance == echeance(transmise, ACCORD)


def test_a_transfer_before_during_and_after_missing_pieces() -> None:
    manque = (pieces(le(2, 1), le(2, 11), le(2, 28)),)
    for transmise, fin in ((le(1, 20), le(4, 11)), (le(2, 5), le(4, 11)), (le(2, 20), le(4, 20))):
        assert horloge(ACCORD, Faits(le(1, 5), transmise, manque), le(3, 1)).echeance == fin
        assert horloge(DEUX_MOIS, Faits(le(1, 5), transmise, manque), le(3, 1)).echeance == le(3, 15)


def test_a_leap_day_is_a_day() -> None:
    faits = Faits(date(2028, 1, 5), suspensions=(pieces(date(2028, 2, 28), date(2028, 3, 1), date(2028, 3, 30)),))
    assert horloge(DEUX_MOIS, faits, date(2028, 3, 1)).echeance == date(2028, 3, 7)


def test_working_days_left_are_working_days_after_the_suspension() -> None:
    """Ten working days from Monday 4 May; asked on Thursday 7 with 7 left; given on Friday 15."""
    faits = Faits(le(5, 4), suspensions=(pieces(le(5, 7), le(5, 15), le(5, 31)),))
    # Counted: 5, 6, 7 May (8 May and Ascension are holidays); then 18 to 22 May, 26 and 27 (Whit Monday is the 25th).
    assert horloge(delai(10, "jours_ouvres"), faits, le(5, 15)).echeance == le(5, 27)


# --- Properties -----------------------------------------------------------------------------------

RECUES = st.dates(date(2019, 1, 1), date(2032, 12, 31))
UNITES = st.sampled_from(["jours", "mois", "jours_ouvres"])
EFFETS = st.sampled_from(["rejet", "accord"])


@st.composite
def delais(draw: st.DrawFn, effet: str | None = None) -> Delai:
    unite = draw(UNITES)
    return delai(draw(st.integers(1, 6 if unite == "mois" else 40)), unite, effet or draw(EFFETS))


@st.composite
def faits(draw: st.DrawFn, nombre: int = 4, ouvertes: bool = True) -> Faits:
    """Anything that may happen to a request: overlaps, late requests, pieces that never come."""
    recue = draw(RECUES)
    suspensions = []
    for _ in range(draw(st.integers(0, nombre))):
        debut = recue + timedelta(days=draw(st.integers(0, 120)))
        fin = debut + timedelta(days=draw(st.integers(0, 60)))
        limite = debut + timedelta(days=draw(st.integers(0, 60)))
        suspensions.append(pieces(debut, None if ouvertes and draw(st.booleans()) else fin, limite))
    competente = draw(st.none() | st.integers(0, 40).map(lambda n: recue + timedelta(days=n)))
    return Faits(recue, competente, tuple(suspensions))


def lentement(definition: Delai, histoire: Faits) -> date:
    """The law counted day by day, by other means: one day of the calendar after the other, a purse of days."""
    francais = holidays.country_holidays("FR", years=range(2018, 2040))
    base = echeance(histoire.recue_le, definition)
    ouvres = definition.unite == "jours_ouvres"
    bourse = definition.valeur if ouvres else (base - histoire.recue_le).days
    demandes = [
        (s.debut, min(s.fin or s.limite, s.limite))
        for s in histoire.suspensions
        if s.limite is not None and min(s.fin or s.limite, s.limite) > s.debut
    ]
    jour = histoire.recue_le
    while True:
        # The clock stands still from the day of asking; the day it starts again is not counted either.
        while suites := [fin for debut, fin in demandes if debut <= jour < fin]:
            jour = max(suites)
        if bourse == 0:
            return jour
        jour += timedelta(days=1)
        if not ouvres or (jour.weekday() < 5 and jour not in francais):
            bourse -= 1


@settings(max_examples=300)
@given(delais("rejet"), faits())
def test_refusal_equals_a_slow_count_day_by_day(definition: Delai, histoire: Faits) -> None:
    assert horloge(definition, histoire, LOIN).echeance == lentement(definition, histoire)


@given(delais("rejet"), faits())
def test_a_suspension_never_brings_the_day_nearer(definition: Delai, histoire: Faits) -> None:
    fin = horloge(definition, histoire, LOIN).echeance
    assert fin is not None
    assert fin >= echeance(histoire.recue_le, definition)


@given(delais(), faits())
def test_one_more_request_for_pieces_never_brings_the_day_nearer(definition: Delai, histoire: Faits) -> None:
    if not histoire.suspensions:
        return
    avant = horloge(
        definition, Faits(histoire.recue_le, histoire.competente_le, histoire.suspensions[:-1]), LOIN
    ).echeance
    apres = horloge(definition, histoire, LOIN).echeance
    assert apres is None or (avant is not None and apres >= avant)


@given(st.data(), RECUES, st.integers(30, 120), st.lists(st.tuples(st.integers(1, 4), st.integers(1, 30)), max_size=5))
def test_disjoint_suspensions_add_up(
    data: st.DataObject, recue: date, valeur: int, morceaux: list[tuple[int, int]]
) -> None:
    """In calendar days and in months, the day moves by exactly the days suspended."""
    definition = delai(*data.draw(st.sampled_from([(valeur, "jours"), (2, "mois"), (3, "mois")])))
    suspensions, jour = [], recue
    for ecart, longueur in morceaux:  # at most 20 days run in all: each suspension starts in time
        debut = jour + timedelta(days=ecart)
        jour = debut + timedelta(days=longueur)
        suspensions.append(pieces(debut, jour, jour + timedelta(days=30)))
    total = sum(longueur for _, longueur in morceaux)
    suspensions = data.draw(st.permutations(suspensions))
    fin = horloge(definition, Faits(recue, suspensions=tuple(suspensions)), LOIN).echeance
    assert fin == echeance(recue, definition) + timedelta(days=total)


@given(delais("accord"), faits(ouvertes=False))
def test_acceptance_never_comes_before_the_whole_time_after_the_pieces(definition: Delai, histoire: Faits) -> None:
    etat = horloge(definition, histoire, LOIN)
    assert etat.depart is not None
    assert etat.echeance == echeance(etat.depart, definition)
    assert etat.depart >= max(histoire.recue_le, histoire.competente_le or histoire.recue_le)
    for suspension in histoire.suspensions:
        if suspension.debut <= etat.depart:
            assert suspension.fin is not None
            assert etat.echeance >= echeance(suspension.fin, definition)
        elif suspension.debut > etat.echeance:
            assert suspension.fin != etat.depart


@given(delais("accord"), faits())
def test_acceptance_is_never_given_while_pieces_asked_in_time_are_missing(definition: Delai, histoire: Faits) -> None:
    depart = max(histoire.recue_le, histoire.competente_le or histoire.recue_le)
    for suspension in histoire.suspensions:
        if suspension.fin is None and suspension.debut <= echeance(depart, definition):
            assert horloge(definition, histoire, LOIN).echeance is None


@given(delais(), faits(), st.integers(0, 400))
def test_order_in_which_facts_are_told_changes_nothing(definition: Delai, histoire: Faits, jours: int) -> None:
    aujourdhui = histoire.recue_le + timedelta(days=jours)
    envers = Faits(histoire.recue_le, histoire.competente_le, histoire.suspensions[::-1])
    assert horloge(definition, histoire, aujourdhui) == horloge(definition, envers, aujourdhui)


@given(delais("rejet"), faits(), RECUES)
def test_a_transfer_never_moves_a_refusal(definition: Delai, histoire: Faits, transmise: date) -> None:
    ailleurs = Faits(histoire.recue_le, transmise, histoire.suspensions)
    assert horloge(definition, histoire, LOIN) == horloge(definition, ailleurs, LOIN)


@given(delais(), faits(), st.integers(0, 400))
def test_state_and_days_left_agree(definition: Delai, histoire: Faits, jours: int) -> None:
    aujourdhui = histoire.recue_le + timedelta(days=jours)
    etat = horloge(definition, histoire, aujourdhui)
    if etat.echeance is None:
        assert (etat.etat, etat.jours_restants) == (Etat.SUSPENDUE, None)
        return
    assert etat.jours_restants == (etat.echeance - aujourdhui).days
    assert (etat.etat == Etat.DEPASSEE) == (aujourdhui > etat.echeance)


@given(delais(), faits(), st.integers(0, 200))
def test_time_only_goes_forward(definition: Delai, histoire: Faits, jours: int) -> None:
    """Once silence took effect it has, and a clock does not take back what it said of the day it ends."""
    jour = histoire.recue_le + timedelta(days=jours)
    hier, demain = horloge(definition, histoire, jour), horloge(definition, histoire, jour + timedelta(days=1))
    assert hier.echeance == demain.echeance
    assert (hier.etat == Etat.DEPASSEE) <= (demain.etat == Etat.DEPASSEE)
