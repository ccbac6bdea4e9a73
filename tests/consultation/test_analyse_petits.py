"""Small cells: hidden, and not to be worked out from what is shown."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import highspy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.analyse import cacher
from consultation.analyse.ecarts import Ecart, comparer, wilson
from consultation.analyse.petits import TableauIncoherent

SEUIL = 5


def croise(lignes: list[list[int]]) -> tuple[dict[tuple[str, ...], int], list[tuple[tuple[str, ...], list]]]:
    """A table with its row and column totals."""
    cellules: dict[tuple[str, ...], int] = {}
    for i, j in product(range(len(lignes)), range(len(lignes[0]))):
        cellules[str(i), str(j)] = lignes[i][j]
    sommes: list[tuple[tuple[str, ...], list]] = []
    for i, ligne in enumerate(lignes):
        cellules["ligne", str(i)] = sum(ligne)
        sommes.append((("ligne", str(i)), [(str(i), str(j)) for j in range(len(ligne))]))
    for j in range(len(lignes[0])):
        cellules["colonne", str(j)] = sum(ligne[j] for ligne in lignes)
        sommes.append((("colonne", str(j)), [(str(i), str(j)) for i in range(len(lignes))]))
    cellules["tout",] = sum(map(sum, lignes))
    sommes.append((("tout",), [("ligne", str(i)) for i in range(len(lignes))]))
    return cellules, sommes


def test_a_cell_alone_takes_another_with_it() -> None:
    cellules = {"web": 30, "papier": 12, "téléphone": 3, "guichet": 8, "tout": 53}
    caches = cacher(cellules, [("tout", ["web", "papier", "téléphone", "guichet"])])
    assert caches == {"téléphone", "guichet"}


def test_nobody_is_shown_and_large_cells_stay() -> None:
    cellules = {"a": 0, "b": 40, "c": 9, "tout": 49}
    assert cacher(cellules, [("tout", ["a", "b", "c"])]) == frozenset()


def test_two_small_cells_whose_sum_tells_both_are_not_left_alone() -> None:
    cellules = {"a": 1, "b": 1, "c": 20, "tout": 22}
    assert cacher(cellules, [("tout", ["a", "b", "c"])]) == {"a", "b", "c"}


def test_a_tiny_total_is_hidden_with_all_that_makes_it() -> None:
    cellules = {"a": 2, "b": 1, "tout": 3}
    assert cacher(cellules, [("tout", ["a", "b"])]) == {"a", "b", "tout"}


def test_a_wrong_total_is_refused() -> None:
    with pytest.raises(TableauIncoherent):
        cacher({"a": 2, "tout": 3}, [("tout", ["a"])])


petits = st.integers(0, 9)
tables = st.integers(2, 3).flatmap(
    lambda largeur: st.lists(st.lists(petits, min_size=largeur, max_size=largeur), min_size=2, max_size=3)
)


def autres_tables(
    cellules: dict[tuple[str, ...], int], sommes: list[tuple[tuple[str, ...], list]], caches: frozenset[tuple[str, ...]]
) -> dict[tuple[str, ...], tuple[float, float]]:
    """What a reader can work out of each hidden cell from all that is shown: its bounds."""
    rang = {cellule: i for i, cellule in enumerate(caches)}
    programme: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    programme.setOptionValue("output_flag", False)
    for _ in rang:
        programme.addVar(0.0, highspy.kHighsInf)
    for total, parties in sommes:
        signes = [(total, -1.0), *((partie, 1.0) for partie in parties)]
        inconnues = [(rang[cellule], signe) for cellule, signe in signes if cellule in rang]
        vu = -sum(signe * cellules[cellule] for cellule, signe in signes if cellule not in rang)
        programme.addRow(vu, vu, len(inconnues), [i for i, _ in inconnues], [signe for _, signe in inconnues])
    bornes = {}
    for cellule, i in rang.items():
        programme.changeColCost(i, 1.0)
        extremes = []
        for sens in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            programme.changeObjectiveSense(sens)
            programme.run()
            borne = programme.getModelStatus() == highspy.HighsModelStatus.kOptimal
            extremes.append(programme.getObjectiveValue() if borne else math.inf)
        programme.changeColCost(i, 0.0)
        bornes[cellule] = (extremes[0], extremes[1])
    return bornes


@settings(max_examples=60, deadline=None)
@given(tables)
def test_no_hidden_cell_can_be_worked_out(lignes: list[list[int]]) -> None:
    cellules, sommes = croise(lignes)
    caches = cacher(cellules, sommes)
    assert {c for c, n in cellules.items() if 0 < n < SEUIL} <= caches
    if not caches:
        return
    for cellule, (bas, haut) in autres_tables(cellules, sommes, caches).items():
        assert haut - bas > 1e-6, (lignes, cellule)
        if 0 < cellules[cellule] < SEUIL:
            assert haut >= SEUIL - 1e-6, (lignes, cellule)  # it may as well be a large group


def test_tables_that_share_totals_do_not_give_each_other_away() -> None:
    # By channel, the same people seen by age and by district.
    ages = {
        ("âge", "jeune", "web"): 9,
        ("âge", "jeune", "papier"): 2,
        ("âge", "âgé", "web"): 20,
        ("âge", "âgé", "papier"): 14,
    }
    lieux = {
        ("lieu", "nord", "web"): 11,
        ("lieu", "nord", "papier"): 8,
        ("lieu", "sud", "web"): 18,
        ("lieu", "sud", "papier"): 8,
    }
    cellules: dict[tuple[str, ...], int] = {**ages, **lieux, ("web",): 29, ("papier",): 16, ("tout",): 45}
    sommes: list[tuple[tuple[str, ...], list]] = [(("tout",), [("web",), ("papier",)])]
    for critere, valeurs in (("âge", ("jeune", "âgé")), ("lieu", ("nord", "sud"))):
        for valeur in valeurs:
            cellules[critere, valeur] = sum(cellules[critere, valeur, canal] for canal in ("web", "papier"))
            sommes.append(((critere, valeur), [(critere, valeur, canal) for canal in ("web", "papier")]))
        sommes += [((canal,), [(critere, v, canal) for v in valeurs]) for canal in ("web", "papier")]
    caches = cacher(cellules, sommes)
    assert caches == set(ages)
    assert all(haut >= SEUIL for _, haut in autres_tables(cellules, sommes, caches).values())


@pytest.mark.parametrize(
    ("nombre", "sur", "population", "dit"),
    [
        (1, 12, 0.4, Ecart.TROP_PEU_DIT),
        (0, 60, 0.2, Ecart.PERSONNE),
        (3, 60, 0.27, Ecart.PEU),
        (14, 60, 0.25, Ecart.COMPARABLE),
        (40, 60, 0.3, Ecart.BEAUCOUP),
        (0, 40, 0.01, Ecart.COMPARABLE),
    ],
)
def test_a_gap_is_said_only_when_it_is_more_than_luck(nombre: int, sur: int, population: float, dit: Ecart) -> None:
    assert comparer(nombre, sur, population) == dit


def test_wilson_equals_the_published_example() -> None:
    entre = wilson(8, 10)  # 0.49 to 0.94: the usual textbook case
    assert (entre.bas, entre.haut) == (pytest.approx(0.4902, abs=5e-4), pytest.approx(0.9433, abs=5e-4))


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share(compte: tuple[int, int]) -> None:
    nombre, sur = compte
    entre = wilson(nombre, sur)
    assert 0 <= entre.bas <= nombre / sur + 1e-9
    assert nombre / sur - 1e-9 <= entre.haut <= 1
