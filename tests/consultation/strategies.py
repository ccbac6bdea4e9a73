"""Small pools for property-based tests: any profiles, any quotas, sometimes shared addresses."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from consultation.tirage import Personne, Quota, Vivier

SANS_LIMITE = 10**6


@dataclass(frozen=True)
class Cas:
    """One draw to ask for."""

    vivier: Vivier
    taille: int
    un_par_foyer: bool


@st.composite
def cas_libres(tirer: st.DrawFn) -> Cas:
    """A pool and quotas that may be impossible."""
    nombre = tirer(st.integers(3, 11))
    taille = tirer(st.integers(1, min(5, nombre)))
    tailles = tirer(st.lists(st.integers(2, 3), min_size=1, max_size=4))
    un_par_foyer = tirer(st.booleans())
    personnes = tuple(
        Personne(
            f"P{i}",
            {f"c{j}": str(tirer(st.integers(0, valeurs - 1))) for j, valeurs in enumerate(tailles)},
            tirer(st.sampled_from(["", "a", "b", "c"])) if un_par_foyer else "",
        )
        for i in range(nombre)
    )
    quotas = []
    for j, valeurs in enumerate(tailles):
        for valeur in range(valeurs):
            bas = tirer(st.integers(0, max(0, taille // valeurs)))
            quotas.append(Quota(f"c{j}", str(valeur), bas, tirer(st.integers(bas, taille)), 0, SANS_LIMITE))
    return Cas(Vivier(personnes, tuple(quotas), "essai"), taille, un_par_foyer)
