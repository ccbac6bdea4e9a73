"""What a draw is made of: quotas, volunteers, and the volunteers grouped by identical profile."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from consultation.tirage.erreurs import DemandeImpossible
from consultation.tirage.solveur import Entiers, Ligne, Polytope


@dataclass(frozen=True)
class Quota:
    """Seats for one value of one criterion, in persons, bounds included; the flex bounds limit proposals only."""

    critere: str
    valeur: str
    minimum: int
    maximum: int
    minimum_souple: int
    maximum_souple: int


@dataclass(frozen=True)
class Personne:
    """A volunteer: opaque identifier, value per criterion, normalised address ("" when not given)."""

    identifiant: str
    valeurs: dict[str, str]
    foyer: str = ""


@dataclass(frozen=True)
class Vivier:
    """The volunteers and the quotas of one draw; `empreinte` is the SHA-256 of the two files as read."""

    personnes: tuple[Personne, ...]
    quotas: tuple[Quota, ...]
    empreinte: str
    remarques: tuple[str, ...] = ()  # what the reading took as the same, or left out; said, in French

    @property
    def criteres(self) -> tuple[str, ...]:
        """Criteria in the order of the file."""
        return tuple(dict.fromkeys(quota.critere for quota in self.quotas))

    def effectif(self, quota: Quota) -> int:
        """Number of volunteers that count for `quota`."""
        return sum(1 for personne in self.personnes if personne.valeurs[quota.critere] == quota.valeur)

    def rang_public(self, identifiant: str) -> bytes:
        """Order anybody can compute again and nobody chooses: SHA-256 of the files' digest and the identifier."""
        return hashlib.sha256(f"{self.empreinte}\n{identifiant}".encode()).digest()


@dataclass(frozen=True)
class Groupes:
    """Volunteers that no quota tells apart; they have equal chances, so the solver sees one variable a group.

    Somebody who shares an address with another volunteer is grouped with those of the same profile at that
    address only: this keeps the household rule exact.
    """

    membres: tuple[tuple[str, ...], ...]
    polytope: Polytope

    @property
    def effectifs(self) -> Entiers:
        """Persons in each group."""
        return np.array([len(groupe) for groupe in self.membres], dtype=np.int64)


def grouper(vivier: Vivier, taille: int, un_par_foyer: bool = False) -> Groupes:
    """Group the volunteers and write the panels of `taille` seats that the quotas allow as a polytope.

    Raises DemandeImpossible for a size under 1.
    """
    if taille < 1:
        raise DemandeImpossible("La taille du panel doit être d'au moins une personne.")
    criteres = vivier.criteres
    occupants = Counter(personne.foyer for personne in vivier.personnes if personne.foyer)
    paquets: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for personne in vivier.personnes:
        foyer = personne.foyer if un_par_foyer and occupants[personne.foyer] > 1 else ""
        paquets[tuple(personne.valeurs[critere] for critere in criteres), foyer].append(personne.identifiant)
    cles = sorted(paquets)
    lignes = [Ligne(tuple(range(len(cles))), taille, taille)]
    for quota in vivier.quotas:
        place = criteres.index(quota.critere)
        indices = tuple(i for i, (profil, _) in enumerate(cles) if profil[place] == quota.valeur)
        lignes.append(Ligne(indices, quota.minimum, quota.maximum))
    foyers: dict[str, list[int]] = defaultdict(list)
    for i, (_, foyer) in enumerate(cles):
        if foyer:
            foyers[foyer].append(i)
    lignes += [Ligne(tuple(indices), 0, 1) for indices in foyers.values()]
    membres = tuple(tuple(sorted(paquets[cle], key=vivier.rang_public)) for cle in cles)
    plafonds = tuple(1 if cle[1] else len(paquets[cle]) for cle in cles)
    return Groupes(membres, Polytope(plafonds, tuple(lignes)))
