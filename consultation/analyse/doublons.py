"""Groups of nearly identical contributions, proposed to a person who merges or not.

Texts become sets of five-character pieces (case, accents and spaces ignored). MinHash with banding (A. Broder, "On
the resemblance and containment of documents", 1997) finds candidate pairs without comparing all of them; each is
then checked exactly. This finds copies and form letters, not two wordings of one idea: no offline method tried
separates those reliably, so themes stay with human coding.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

MORCEAU = 5  # characters
BANDES, RANGS = 24, 4  # finds pairs of resemblance 0.6 with probability 0.96, 0.5 with 0.79
VOISINS = 8  # texts of one bucket compared with a newcomer, besides the bucket's first
PREMIER = np.uint64((1 << 31) - 1)  # products of two numbers below it fit in 64 bits


@dataclass(frozen=True)
class Groupe:
    """Texts that resemble the first of `membres` (indexes in the order given), and by how much (1 = the same)."""

    membres: tuple[int, ...]
    ressemblances: tuple[float, ...]


def morceaux(texte: str) -> frozenset[int]:
    """Five-character pieces of a text, as 31-bit numbers."""
    plat = unicodedata.normalize("NFKD", texte.casefold()).encode("ascii", "ignore")
    mots = b" ".join(re.findall(rb"[a-z0-9]+", plat))
    return frozenset(
        zlib.crc32(mots[i : i + MORCEAU]) & 0x7FFFFFFF for i in range(max(1, len(mots) - MORCEAU + 1)) if mots
    )


def ressemblance(un: frozenset[int], autre: frozenset[int]) -> float:
    """Shared pieces over all pieces (Jaccard)."""
    return len(un & autre) / len(un | autre) if un and autre else 0.0


def groupes_proches(textes: Sequence[str], seuil: float = 0.6) -> list[Groupe]:
    """Return groups of texts whose resemblance to the group's first is at least `seuil`, largest first."""
    ensembles = [morceaux(texte) for texte in textes]
    signatures = _signatures(ensembles)
    candidats: dict[int, set[int]] = defaultdict(set)
    for bande in range(BANDES):
        seaux: dict[bytes, list[int]] = defaultdict(list)
        for indice, signature in enumerate(signatures[:, bande * RANGS : (bande + 1) * RANGS]):
            if ensembles[indice]:
                seaux[signature.tobytes()].append(indice)
        for seau in seaux.values():
            for rang, indice in enumerate(seau):
                candidats[indice].update(seau[max(0, rang - VOISINS) : rang], seau[:1])
    premier: dict[int, int] = {}
    membres: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for indice in range(len(textes)):
        tetes = sorted({premier.get(autre, autre) for autre in candidats[indice] if autre < indice})
        notes = [(ressemblance(ensembles[tete], ensembles[indice]), -tete) for tete in tetes]
        meilleure = max(notes, default=(0.0, 0))
        if notes and meilleure[0] >= seuil:
            premier[indice] = -meilleure[1]
            membres[-meilleure[1]].append((indice, meilleure[0]))
    groupes = [
        Groupe((tete, *(i for i, _ in autres)), (1.0, *(note for _, note in autres)))
        for tete, autres in membres.items()
    ]
    return sorted(groupes, key=lambda groupe: (-len(groupe.membres), groupe.membres))


def _signatures(ensembles: Sequence[frozenset[int]]) -> npt.NDArray[np.uint64]:
    hasard = np.random.default_rng(1)  # fixed: the same texts give the same groups
    a = hasard.integers(1, int(PREMIER), BANDES * RANGS, dtype=np.uint64)
    b = hasard.integers(0, int(PREMIER), BANDES * RANGS, dtype=np.uint64)
    signatures = np.zeros((len(ensembles), BANDES * RANGS), dtype=np.uint64)
    for indice, ensemble in enumerate(ensembles):
        if ensemble:
            valeurs = np.fromiter(ensemble, dtype=np.uint64, count=len(ensemble))
            signatures[indice] = ((valeurs[:, None] * a + b) % PREMIER).min(axis=0)
    return signatures


def differences(un: str, autre: str) -> tuple[str, str]:
    """What one text has and the other has not, in words, for an eye to judge quickly."""
    mots, siens = un.split(), autre.split()
    retires: list[str] = []
    ajoutes: list[str] = []
    for genre, a, b, c, d in SequenceMatcher(None, mots, siens, autojunk=False).get_opcodes():
        if genre != "equal":
            retires.append(" ".join(mots[a:b]))
            ajoutes.append(" ".join(siens[c:d]))
    return " … ".join(filter(None, retires)), " … ".join(filter(None, ajoutes))
