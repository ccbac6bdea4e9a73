"""Which known word a misspelt one stands for: by its sound first, then by a slip of the fingers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

DEBUT = 4
"""Letters below which nothing is guessed; from which the beginning of a word finds it."""

# What sounds alike in French becomes the same letter, in this order; C is « ch ».
_SONS = tuple(
    (re.compile(motif), son)
    for motif, son in (
        (r"sch|sh|ch", "C"), (r"ph", "f"), (r"h", ""), (r"qu|q", "k"), (r"c(?=[eiy])", "s"), (r"c", "k"),
        (r"g(?=[eiy])", "j"), (r"eau|au", "o"), (r"ai|ei|oe", "e"), (r"y", "i"), (r"z", "s"), (r"tion", "sion"),
        (r"e(?=[nm][^aeiounm])", "a"), (r"m(?=[bp])", "n"), (r"(.)\1+", r"\1"), (r"(?<=..)[esxtdp]+$", ""),
        (r"(?<=.)e", ""), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


def mot_voisin(mot: str, connus: Iterable[str]) -> str:
    """The known word that this one misspells; empty where none is near enough. Both without accents nor capitals."""
    if len(mot) < DEBUT:
        return ""
    connus, son = list(connus), cle_sonore(mot)
    pareils = [(distance(mot, connu), connu) for connu in connus if cle_sonore(connu) == son]
    pareils = [(ecart, connu) for ecart, connu in pareils if ecart <= max(len(mot), len(connu)) // 3]
    if len(son) > 1 and pareils:
        return min(pareils)[1]
    if len(mot) == DEBUT:
        return ""
    permises = 2 if len(mot) >= 9 else 1
    proches = [
        (ecart, connu)
        for connu in connus
        if connu[:1] == mot[:1] and abs(len(connu) - len(mot)) <= permises
        if (ecart := distance(mot, connu)) <= permises and not _autre_mot(mot, connu)
    ]
    return min(proches)[1] if proches else ""


def _autre_mot(mot: str, connu: str) -> bool:
    """Whether two short words of the same length differ by a letter replaced: « chasse » is no « classe »."""
    return len(mot) == len(connu) < 7 and sorted(mot) != sorted(connu)


@lru_cache(maxsize=4096)
def cle_sonore(mot: str) -> str:
    """About how a French word sounds: « pasport » and « passeport » give the same."""
    for motif, son in _SONS:
        mot = motif.sub(son, mot)
    return mot


def distance(a: str, b: str) -> int:
    """Letters to add, remove, replace or exchange with their neighbour to go from one word to the other."""
    table = [[i + j if i == 0 or j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]
