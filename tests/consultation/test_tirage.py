"""The draw: quotas always met, chances equal counted ones, LEXIMIN equal to brute force, same list twice."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings

from consultation.tirage import (
    DemandeImpossible,
    Etape,
    Personne,
    Quota,
    QuotasImpossibles,
    Tirage,
    TirageAnnule,
    Vivier,
    preparer,
)
from consultation.tirage.panel import LEXIMIN, NON_PROUVE
from consultation.tirage.remplacement import remplacants
from tests.consultation.strategies import Cas, cas_libres

PROPRIETES = settings(max_examples=60, deadline=None)
UN_SIEGE_SUR_LA_LISTE = 2e-4


def permis(cas: Cas, panel: tuple[str, ...]) -> bool:
    """Whether a panel meets size, quotas and household rule; written apart from the code under test."""
    gens = [personne for personne in cas.vivier.personnes if personne.identifiant in panel]
    comptes = Counter((critere, valeur) for p in gens for critere, valeur in p.valeurs.items())
    foyers = [p.foyer for p in gens if p.foyer]
    return (
        len(gens) == len(set(panel)) == len(panel) == cas.taille
        and all(q.minimum <= comptes[q.critere, q.valeur] <= q.maximum for q in cas.vivier.quotas)
        and not (cas.un_par_foyer and len(set(foyers)) < len(foyers))
    )


def tous_les_panels(cas: Cas) -> list[tuple[str, ...]]:
    noms = [personne.identifiant for personne in cas.vivier.personnes]
    return [panel for panel in itertools.combinations(noms, cas.taille) if permis(cas, panel)]


def tirer(cas: Cas, nombre: int | None = None) -> Tirage:
    return preparer(cas.vivier, cas.taille, un_par_foyer=cas.un_par_foyer, nombre=nombre)


@PROPRIETES
@given(cas_libres())
def test_refused_exactly_when_no_panel_exists(cas: Cas) -> None:
    existe = bool(tous_les_panels(cas))
    if existe:
        assert tirer(cas, nombre=10).loterie.nombre == 10
    else:
        with pytest.raises(QuotasImpossibles):
            tirer(cas, nombre=10)


@PROPRIETES
@given(cas_libres())
def test_every_listed_panel_meets_the_quotas_and_chances_are_the_counted_ones(cas: Cas) -> None:
    assume(tous_les_panels(cas))
    tirage = tirer(cas, nombre=500)
    presences: Counter[str] = Counter()
    for panel in tirage.loterie.lister():
        assert permis(cas, panel)
        presences.update(panel)
    for personne in cas.vivier.personnes:
        comptee = Fraction(presences[personne.identifiant], tirage.loterie.nombre)
        assert tirage.probabilites[personne.identifiant] == float(comptee)
    assert sum(presences.values()) == cas.taille * tirage.loterie.nombre


@PROPRIETES
@given(cas_libres())
def test_smallest_chance_is_the_maximin_found_by_enumeration(cas: Cas) -> None:
    panels = tous_les_panels(cas)
    assume(panels)
    tirage = tirer(cas)
    assert tirage.algorithme == LEXIMIN
    optimum = maximin_enumere(cas, panels)
    assert min(tirage.optimum.values()) == pytest.approx(optimum, abs=1e-6)
    assert tirage.borne >= optimum - 1e-6
    assert tirage.minimum >= optimum - UN_SIEGE_SUR_LA_LISTE
    assert tirage.arrondi < UN_SIEGE_SUR_LA_LISTE


def maximin_enumere(cas: Cas, panels: list[tuple[str, ...]]) -> float:
    """Largest smallest chance over all lotteries on `panels`: one linear program over every panel and person."""
    from consultation.tirage.solveur import INFINI, Programme

    programme = Programme()
    z = programme.variable(0.0, 1.0, cout=1.0)
    poids = [programme.variable(0.0, 1.0) for _ in panels]
    programme.ligne(1.0, 1.0, poids, [1.0] * len(poids))
    for personne in cas.vivier.personnes:
        siens = [poids[i] for i, panel in enumerate(panels) if personne.identifiant in panel]
        programme.ligne(0.0, INFINI, [*siens, z], [*([1.0] * len(siens)), -1.0])
    solution = programme.resoudre()
    assert solution is not None
    return solution.objectif


@settings(max_examples=40, deadline=None)
@given(cas_libres())
def test_lists_made_by_column_generation_lose_nothing(cas: Cas) -> None:
    """As many panels for the poorest as their chance gives, rounded down: not one less."""
    from unittest import mock

    from consultation.tirage import panel

    assume(tous_les_panels(cas))
    with mock.patch.object(panel, "liste_exacte", return_value=(None, [])):
        tirage = tirer(cas)
    nombre = tirage.loterie.nombre
    plus_petite = min(chance for chance in tirage.optimum.values() if chance > 1e-9)
    comptes = [tirage.loterie.presences[qui] for qui, chance in tirage.optimum.items() if chance > 1e-9]
    assert min(comptes) >= int(nombre * plus_petite + 1e-6)
    assert all(permis(cas, listee) for listee in tirage.loterie.lister())


@PROPRIETES
@given(cas_libres())
def test_no_other_lottery_is_leximin_better(cas: Cas) -> None:
    """Swapping chances towards somebody poorer is impossible: checked level by level by enumeration."""
    panels = tous_les_panels(cas)
    assume(panels)
    tirage = tirer(cas)
    for qui, chance in tirage.optimum.items():
        assert meilleure_chance(cas, panels, tirage.optimum, qui) <= chance + 1e-5


def meilleure_chance(cas: Cas, panels: list[tuple[str, ...]], chances: dict[str, float], qui: str) -> float:
    """How much `qui` could have if nobody with as little or less lost anything, whatever the richer lose.

    In a LEXIMIN lottery it is no more than `qui` has, as the richer may only fall to `qui`'s own level.
    """
    from consultation.tirage.solveur import INFINI, Programme

    programme = Programme()
    gain = programme.variable(0.0, 1.0, cout=1.0)
    poids = [programme.variable(0.0, 1.0) for _ in panels]
    programme.ligne(1.0, 1.0, poids, [1.0] * len(poids))
    for personne in cas.vivier.personnes:
        nom = personne.identifiant
        siens = [poids[i] for i, panel in enumerate(panels) if nom in panel]
        un = [1.0] * len(siens)
        if nom == qui:
            programme.ligne(0.0, INFINI, [*siens, gain], [*un, -1.0])
        elif chances[nom] <= chances[qui] + 1e-6:
            programme.ligne(chances[nom] - 1e-7, INFINI, siens, un)
        else:
            programme.ligne(0.0, INFINI, [*siens, gain], [*un, -1.0])
    solution = programme.resoudre()
    assert solution is not None
    return solution.objectif


@PROPRIETES
@given(cas_libres())
def test_same_files_give_the_same_list(cas: Cas) -> None:
    assume(tous_les_panels(cas))
    une, deux = tirer(cas, nombre=100), tirer(cas, nombre=100)
    assert list(une.loterie.lister()) == list(deux.loterie.lister())
    melange = replace(cas, vivier=replace(cas.vivier, personnes=tuple(reversed(cas.vivier.personnes))))
    assert list(tirer(melange, nombre=100).loterie.lister()) == list(une.loterie.lister())


@PROPRIETES
@given(cas_libres())
def test_the_proposed_relaxation_makes_a_panel_possible_and_is_the_smallest(cas: Cas) -> None:
    assume(not tous_les_panels(cas))
    with pytest.raises(QuotasImpossibles) as refus:
        tirer(cas)
    proposes = refus.value.assouplissements
    if not proposes:  # nothing but other volunteers helps: no panel even without quotas
        libre = replace(cas, vivier=replace(cas.vivier, quotas=tuple(sans_bornes(q) for q in cas.vivier.quotas)))
        assert not tous_les_panels(libre)
        return
    bornes = {(a.critere, a.valeur, a.borne): a.apres for a in proposes}
    quotas = tuple(
        replace(
            q,
            minimum=bornes.get((q.critere, q.valeur, "minimum"), q.minimum),
            maximum=bornes.get((q.critere, q.valeur, "maximum"), q.maximum),
        )
        for q in cas.vivier.quotas
    )
    assert tous_les_panels(replace(cas, vivier=replace(cas.vivier, quotas=quotas)))
    cout = sum(abs(a.apres - a.avant) for a in proposes)
    assert cout == plus_petit_cout(cas)


def sans_bornes(quota: Quota) -> Quota:
    return replace(quota, minimum=0, maximum=SANS_BORNE)


SANS_BORNE = 10**6


def plus_petit_cout(cas: Cas) -> int:
    """Fewest seats by which quotas are missed, over all panels of the right size, by enumeration."""
    libre = replace(cas, vivier=replace(cas.vivier, quotas=tuple(sans_bornes(q) for q in cas.vivier.quotas)))
    couts = []
    for panel in tous_les_panels(libre):
        gens = [p for p in cas.vivier.personnes if p.identifiant in panel]
        cout = 0
        for q in cas.vivier.quotas:
            compte = sum(1 for p in gens if p.valeurs[q.critere] == q.valeur)
            cout += max(0, q.minimum - compte) + max(0, compte - q.maximum)
        couts.append(cout)
    return min(couts)


@PROPRIETES
@given(cas_libres())
def test_substitutes_keep_the_quotas_and_come_from_the_reserve_in_order(cas: Cas) -> None:
    assume(tous_les_panels(cas))
    tirage = tirer(cas, nombre=50)
    panel = tirage.loterie.panel(7)
    reserve = tirage.loterie.reserve(7, 20)
    assert not set(reserve) & set(panel)
    try:
        choisis = remplacants(cas.vivier, panel, panel[:1], reserve, cas.un_par_foyer)
    except QuotasImpossibles:
        possibles = [
            autre.identifiant
            for autre in cas.vivier.personnes
            if autre.identifiant not in panel and permis(cas, (*panel[1:], autre.identifiant))
        ]
        assert not possibles
        return
    assert permis(cas, (*panel[1:], *choisis))
    premier = next(qui for qui in reserve if permis(cas, (*panel[1:], qui))) if choisis[0] in reserve else choisis[0]
    assert choisis == (premier,)


def vivier(*profils: str, quotas: tuple[Quota, ...]) -> Vivier:
    gens = tuple(Personne(f"P{i}", {"age": profil}) for i, profil in enumerate(profils))
    return Vivier(gens, quotas, "essai")


def quota(valeur: str, minimum: int, maximum: int, souple: int = 0) -> Quota:
    return Quota("age", valeur, minimum, maximum, minimum - souple, maximum + souple)


def test_warns_of_people_certain_to_be_drawn_and_of_people_left_out() -> None:
    pool = vivier(
        "jeune",
        "vieux",
        "vieux",
        "moyen",
        quotas=(quota("jeune", 1, 1), quota("vieux", 1, 1), quota("moyen", 0, 0)),
    )
    tirage = preparer(pool, 2)
    assert tirage.certains == ("P0",)
    assert tirage.exclus == ("P3",)
    assert tirage.probabilites == {"P0": 1.0, "P1": 0.5, "P2": 0.5, "P3": 0.0}
    assert any("le tirage n'en est plus un" in alerte and "P0" in alerte for alerte in tirage.alertes)
    assert any("aucune chance" in alerte and "P3" in alerte for alerte in tirage.alertes)


def test_proposes_the_smallest_relaxation_in_french_within_the_flex_bounds() -> None:
    pool = vivier("jeune", "vieux", "vieux", "vieux", quotas=(quota("jeune", 2, 2, 1), quota("vieux", 1, 1, 1)))
    with pytest.raises(QuotasImpossibles) as refus:
        preparer(pool, 3)
    texte = str(refus.value)
    assert "personne n'a été tiré" in texte
    assert "« age : jeune » demande au moins 2 personnes ; 1 seule est volontaire" in texte
    assert "« age : jeune » : passer le minimum de 2 à 1" in texte
    assert "« age : vieux » : passer le maximum de 1 à 2" in texte
    assert "au-delà" not in texte


def test_says_when_the_relaxation_goes_beyond_the_flex_bounds() -> None:
    pool = vivier("vieux", "vieux", "vieux", quotas=(quota("jeune", 1, 1), quota("vieux", 1, 1)))
    with pytest.raises(QuotasImpossibles, match="au-delà de la marge que vous aviez prévue"):
        preparer(pool, 2)


def test_household_rule_is_exact_for_a_couple() -> None:
    gens = (
        Personne("A", {"age": "x"}, "1 rue"),
        Personne("B", {"age": "x"}, "1 rue"),
        Personne("C", {"age": "x"}),
    )
    pool = Vivier(gens, (quota("x", 2, 2),), "essai")
    tirage = preparer(pool, 2, un_par_foyer=True, nombre=100)
    assert tirage.probabilites == {"A": 0.5, "B": 0.5, "C": 1.0}
    assert any("C" in alerte and "sans adresse" in alerte for alerte in tirage.alertes)


def test_progress_goes_up_and_cancelling_draws_nobody() -> None:
    pool = vivier(*["jeune", "vieux"] * 6, quotas=(quota("jeune", 2, 3), quota("vieux", 2, 3)))
    parts: list[float] = []
    preparer(pool, 5, suivi=lambda etape: parts.append(etape.part))
    assert parts == sorted(parts)
    assert parts[-1] == 1.0

    def annuler(etape: Etape) -> None:
        if etape.part >= 0.1:
            raise TirageAnnule

    with pytest.raises(TirageAnnule, match="personne n'a été tiré"):
        preparer(pool, 5, suivi=annuler)


def test_does_not_claim_leximin_when_time_ran_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from consultation.tirage import panel

    monkeypatch.setattr(panel, "liste_exacte", lambda *_: (None, []))
    pool = vivier("jeune", "jeune", "vieux", "moyen", quotas=(quota("jeune", 1, 1), quota("vieux", 0, 1)))
    tirage = preparer(pool, 2, budget_s=0.0)
    assert tirage.algorithme == NON_PROUVE
    assert tirage.ecart > 0
    assert any("pas prouvée" in alerte for alerte in tirage.alertes)


def test_a_number_outside_the_list_is_refused() -> None:
    tirage = preparer(vivier("x", "x", quotas=(quota("x", 1, 1),)), 1, nombre=10)
    with pytest.raises(DemandeImpossible, match="entre 0 et 9"):
        tirage.loterie.panel(10)
    assert "En public, tirer une boule parmi dix" in tirage.regle
