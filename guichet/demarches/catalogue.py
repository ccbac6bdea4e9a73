"""What residents find by searching: the procedures of the site, and the sheets that lead elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models.fields.json import KeyTransform

from guichet.demarches.models import Demarche, Orientation
from guichet.demarches.moteur import Entree, Moteur

DEMARCHE, ORIENTATION = "demarche:", "orientation:"


@dataclass(frozen=True)
class Resultats:
    """Procedures and sheets, the best first, and how the search was understood."""

    demarches: list[Demarche] = field(default_factory=list)
    orientations: list[Orientation] = field(default_factory=list)
    corriges: tuple[tuple[str, str], ...] = ()
    ignores: tuple[str, ...] = ()

    @property
    def nombre(self) -> int:
        """How many pages were found."""
        return len(self.demarches) + len(self.orientations)


_memoire: dict[str, tuple[Any, Moteur]] = {}
"""The pages as they are searched, kept by the process until one of them changes."""


def chercher(recherche: str) -> Resultats:
    """Two queries, whatever is typed."""
    avec_mots = Demarche.objects.publiees().annotate(mots_cles=KeyTransform("mots_cles", "definition"))
    demarches = {DEMARCHE + d.pk: d for d in avec_mots}
    orientations = {ORIENTATION + o.pk: o for o in Orientation.objects.publiees()}
    vues = _moteur(demarches, orientations).chercher(recherche)
    return Resultats(
        [demarches[cle] for cle in vues.cles if cle in demarches],
        [orientations[cle] for cle in vues.cles if cle in orientations],
        vues.corriges,
        vues.ignores,
    )


def _moteur(demarches: Mapping[str, Any], orientations: Mapping[str, Orientation]) -> Moteur:
    pages: dict[str, Any] = {**demarches, **orientations}
    etat = [(cle, page.modifiee_le) for cle, page in pages.items()]
    gardes = _memoire.get("moteur")
    if gardes is None or gardes[0] != etat:
        entrees = [
            Entree(cle, d.titre, tuple(d.mots_cles or ()), f"{d.theme} {d.resume}") for cle, d in demarches.items()
        ]
        entrees += [
            Entree(cle, o.titre, o.lue.mots_cles, f"{o.lue.organisme} {o.lue.explication}")
            for cle, o in orientations.items()
        ]
        gardes = _memoire["moteur"] = (etat, Moteur(entrees))
    return gardes[1]
