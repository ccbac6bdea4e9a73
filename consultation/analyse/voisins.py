"""Opinions that speak of the same thing, ranked, with the words they share: help for a reader, never a decision.

Words lose accents and endings, then weigh by how rare they are (TF-IDF, cosine). No offline method tried separates two
wordings of one idea from two ideas (README), so there is no threshold: a rank and its reason, a person decides.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

RADICAL = 6  # letters kept: « inscrire », « inscription », « inscrit » are one
EXPLIQUES = 4  # shared words shown
VIDES_TEXTE = """
a ai aie ainsi alors apres as assez au aucun aussi autre autres aux avaient avais avait avant avec avez avoir avons
beaucoup bien bonjour car ce ceci cela celle celles celui certains ces cet cette ceux chaque chez comme comment
contre d dans de deja depuis des deux doit donc dont du elle elles en encore enfin entre es est et etaient etais
etait etant ete etes etre eu eux fait faire faut fois font il ils j je jusqu l la le les leur leurs lors lorsque lui
m ma mais me meme merci mes mien mieux moi moins mon n ne ni non nos notre nous on ont or ou par parce pas pendant
peu peut peuvent plus plusieurs pour pourquoi pourrait quand que quel quelle quelles quels qui quoi rien s sa sais
sans se sera serait ses seul seulement si son sont sous souvent suis sur t ta te tes toi ton toujours tous tout
toute toutes tres trop tu un une va vers voila vos votre vous vraiment y nom telephone adresse
"""
VIDES = frozenset(VIDES_TEXTE.split())


@dataclass(frozen=True)
class Voisin:
    """An opinion (its rank in the texts given), its resemblance from 0 to 1, and the words that make it."""

    rang: int
    note: float
    mots: tuple[str, ...]


def radicaux(texte: str) -> dict[str, str]:
    """Roots of the words that mean something, each with the first word it stands for."""
    trouves: dict[str, str] = {}
    for mot in re.findall(r"[^\W\d_]+", texte):
        trouves.setdefault(_racine(mot), mot.casefold())
    trouves.pop("", None)
    return trouves


@lru_cache(maxsize=50_000)
def _racine(mot: str) -> str:
    plat = unicodedata.normalize("NFKD", mot.casefold()).encode("ascii", "ignore").decode()
    if len(plat) < 3 or plat in VIDES:
        return ""
    for fin in ("s", "x"):
        plat = plat.removesuffix(fin) if len(plat) > 3 else plat
    for fin in ("er", "ee", "e"):
        if len(plat) > len(fin) + 3 and plat.endswith(fin):
            plat = plat.removesuffix(fin)
            break
    return plat[:RADICAL]


class Index:
    """Texts once weighed, to be compared with others many times."""

    def __init__(self, textes: Sequence[str]) -> None:
        comptes = [self._compter(texte) for texte in textes]
        presences = Counter(racine for compte in comptes for racine in compte)
        self._rarete = {r: math.log((1 + len(textes)) / (1 + n)) + 1 for r, n in presences.items()}
        self._inconnu = math.log(1 + len(textes)) + 1
        self._ou: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for rang, compte in enumerate(comptes):
            for racine, poids in self._peser(compte).items():
                self._ou[racine].append((rang, poids))

    @staticmethod
    def _compter(texte: str) -> Counter[str]:
        return Counter(racine for mot in re.findall(r"[^\W\d_]+", texte) if (racine := _racine(mot)))

    def _peser(self, compte: Counter[str]) -> dict[str, float]:
        poids = {r: (1 + math.log(n)) * self._rarete.get(r, self._inconnu) for r, n in compte.items()}
        norme = math.sqrt(sum(p * p for p in poids.values()))
        return {r: p / norme for r, p in poids.items()} if norme else {}

    def proches(self, texte: str, combien: int = 5) -> list[Voisin]:
        """Return the nearest texts, nearest first; those without a word in common are left out."""
        mots = radicaux(texte)
        parts: dict[int, dict[str, float]] = defaultdict(dict)
        for racine, ici in self._peser(self._compter(texte)).items():
            for rang, la in self._ou.get(racine, ()):
                parts[rang][racine] = ici * la
        voisins = [
            Voisin(
                rang,
                min(1.0, sum(communs.values())),
                tuple(mots[r] for r in sorted(communs, key=lambda r: (-communs[r], r))[:EXPLIQUES]),
            )
            for rang, communs in parts.items()
        ]
        return sorted(voisins, key=lambda v: (-v.note, v.rang))[:combien]
