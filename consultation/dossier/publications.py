"""What a dossier has made public: dated, versioned, never changed, and provable by a chain of digests.

Each publication carries the digest of the one before it: changing, removing or slipping in one breaks every digest
after it. Whoever kept the last digest (a newspaper, a resident, the minutes) can prove what was public and when.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

ORIGINE = "0" * 64


class Genre(StrEnum):
    """Kind of publication."""

    MODALITES = "modalites"
    INFORMATION = "information"
    PROLONGATION = "prolongation"
    SYNTHESE = "synthese"
    RESULTATS = "resultats"
    SUITES = "suites"
    ABANDON = "abandon"


@dataclass(frozen=True)
class Publication:
    """One thing made public; `contenu` is the text, or the SHA-256 of a file kept elsewhere."""

    numero: int
    genre: Genre
    version: int
    titre: str
    contenu: str
    motif: str
    publie_le: datetime
    precedente: str
    empreinte: str

    def calculer(self) -> str:
        """Digest of everything but itself, in a form that other software can compute again."""
        champs = self.en_json()
        del champs["empreinte"]
        return hashlib.sha256(
            json.dumps(champs, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest()

    def en_json(self) -> dict[str, Any]:
        """Fields as published in the proof."""
        return {
            "numero": self.numero,
            "genre": self.genre.value,
            "version": self.version,
            "titre": self.titre,
            "contenu": self.contenu,
            "motif": self.motif,
            "publie_le": self.publie_le.isoformat(),
            "precedente": self.precedente,
            "empreinte": self.empreinte,
        }


def suivante(  # noqa: PLR0917
    publications: Sequence[Publication], genre: Genre, titre: str, contenu: str, motif: str, publie_le: datetime
) -> Publication:
    """Link a new publication to the chain."""
    version = 1 + sum(1 for p in publications if p.genre == genre and (genre != Genre.INFORMATION or p.titre == titre))
    precedente = publications[-1].empreinte if publications else ORIGINE
    sans = Publication(len(publications) + 1, genre, version, titre, contenu, motif, publie_le, precedente, "")
    return Publication(sans.numero, genre, version, titre, contenu, motif, publie_le, precedente, sans.calculer())


def verifier_chaine(publications: Sequence[Publication]) -> list[str]:
    """What is wrong with a chain, in French; empty when nothing was changed, removed or added."""
    defauts = []
    precedente = ORIGINE
    for rang, publication in enumerate(publications, start=1):
        nom = f"Publication n° {publication.numero} (« {publication.titre} »)"
        if publication.numero != rang or publication.precedente != precedente:
            defauts.append(f"{nom} : ne suit pas celle qui la précède ; une publication manque ou a été ajoutée.")
        if publication.empreinte != publication.calculer():
            defauts.append(f"{nom} : modifiée après sa publication.")
        if rang > 1 and publication.publie_le < publications[rang - 2].publie_le:
            defauts.append(f"{nom} : datée d'avant la précédente.")
        precedente = publication.empreinte
    return defauts


def preuve(publications: Sequence[Publication]) -> str:
    """The chain as JSON, to hand to anybody."""
    return json.dumps([publication.en_json() for publication in publications], ensure_ascii=False, indent=1)


def lire_preuve(texte: str) -> tuple[Publication, ...]:
    """Read a proof back; raises `ValueError` or `KeyError` on anything else."""
    return tuple(
        Publication(
            **champs | {"genre": Genre(champs["genre"]), "publie_le": datetime.fromisoformat(champs["publie_le"])}
        )
        for champs in json.loads(texte)
    )
