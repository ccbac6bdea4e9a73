"""What both benchmarks of the guichet share: timings, their table, and the figures of the field beside them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

ECHAUFFEMENT, FOIS = 3, 60

# facts/wcs-capabilities.md: measured alike, 2 cores, PostgreSQL included, no TLS, one reader unless noted.
CHAMP = {
    "liste des agents": "w.c.s. 78-88 / 91-101 ms (20 000 demandes)",
    "recherche": "w.c.s. 126 / 303 ms (20 000 demandes)",
    "page d'une demande": "w.c.s. 47 / 58 ms",
    "envoi d'une demande": "w.c.s. 582-655 / 722-884 ms (envoi complet, 4 à la fois, 6/s)",
    "accueil du portail": "w.c.s. 44 / 64 ms (4 à la fois, 89/s)",
    "connexion complète": "Authentic 718 / 984 ms (OpenID Connect, 4 à la fois, 5,4/s)",
}


@dataclass
class Releve:
    """Times of one thing done many times, in milliseconds."""

    nom: str
    famille: str = ""
    ms: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Of this process, the database not included: what other work on the machine changes least."""
    requetes: int | None = None
    """Queries to the database, where they are counted."""

    @property
    def mediane(self) -> float:
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        return sorted(self.ms)[max(0, round(len(self.ms) * 0.95) - 1)]


def chronometrer(
    nom: str, faire: Callable[[int], None], famille: str = "", fois: int = FOIS, echauffement: int = ECHAUFFEMENT
) -> Releve:
    """Call ``faire`` with 0, 1, 2…; the first calls are not counted."""
    releve = Releve(nom, famille)
    for rang in range(echauffement + fois):
        debut, processeur = time.perf_counter(), time.process_time()
        faire(rang)
        if rang >= echauffement:
            releve.cpu.append((time.process_time() - processeur) * 1000)
            releve.ms.append((time.perf_counter() - debut) * 1000)
    return releve


def tableau(colonnes: Mapping[str, Sequence[Releve]]) -> str:
    """A Markdown table: one line a measure, median and p95 in each column, the field's figures last."""
    noms = list(dict.fromkeys(releve.nom for releves in colonnes.values() for releve in releves))
    familles = {r.nom: r.famille for releves in colonnes.values() for r in releves}
    lignes = [
        "| médiane / p95, ms | " + " | ".join(colonnes) + " | ailleurs |",
        "|---|" + "---|" * (len(colonnes) + 1),
    ]
    for nom in noms:
        cellules = []
        for releves in colonnes.values():
            trouve = next((r for r in releves if r.nom == nom), None)
            if trouve is None:
                cellules.append("")
                continue
            detail = ""
            if trouve.requetes is not None:
                detail = f" ({statistics.median(trouve.cpu):.0f} de processeur, {trouve.requetes} requêtes)"
            cellules.append(f"{trouve.mediane:.0f} / {trouve.p95:.0f}{detail}")
        lignes.append(f"| {nom} | " + " | ".join(cellules) + f" | {CHAMP.get(familles[nom], '')} |")
    return "\n".join(lignes)
