"""The answers read again before they are sent, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guichet.demarches.champs import ChampBase
from guichet.demarches.definition import Etape
from guichet.questions.adaptateur import DejaLa, Relue


@dataclass(frozen=True)
class Ligne:
    """A question with its answer; what was left empty is said so by whoever draws it."""

    champ: ChampBase
    relue: Relue

    def a_plat(self) -> Iterator[tuple[str, str, list[DejaLa]]]:
        """Label, answer and files; a line for each element of a group, none where there is none."""
        if self.champ.parties:
            for titre, reponses in self.relue.elements:
                yield titre, "\n".join(f"{libelle} : {valeur}" for libelle, valeur in reponses), []
        else:
            yield self.champ.libelle, self.relue.valeur, self.relue.fichiers


@dataclass(frozen=True)
class Partie:
    """The questions of one page."""

    etape: Etape
    lignes: list[Ligne]

    def a_plat(self) -> Iterator[tuple[str, str, list[DejaLa]]]:
        """Label, answer and files of each line, elements of groups apart."""
        for ligne in self.lignes:
            yield from ligne.a_plat()
