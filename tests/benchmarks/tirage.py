"""Measure the draw on seeded pools, and against the oracle when GRU_ORACLE_PYTHON names its environment's Python.

Budgets: 1,000 volunteers to 40 with 6 criteria within 60 s and at least the MAXIMIN that CBC proves; 150 to 22
within 10 s. Exit code 1 when one is not met. Run with `python -m tests.benchmarks.tirage` from the root.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from consultation.tirage import lire_vivier, preparer
from tests.consultation.viviers import ecrire_vivier

ORACLE = Path(__file__).with_name("oracle_tirage.py")
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Mesure:
    """A pool to draw from and its budget in seconds (None: for information)."""

    volontaires: int
    places: int
    criteres: int
    graine: int
    budget_s: float | None
    foyers: bool = False


MESURES = (
    Mesure(150, 22, 4, 2026, 10.0),
    Mesure(1000, 40, 6, 2026, 60.0),
    Mesure(1000, 40, 6, 5, 60.0),
    Mesure(1000, 40, 6, 2, None, foyers=True),
    Mesure(2000, 200, 6, 9, None),
    Mesure(80, 15, 6, 0, None),
)


def oracle(personnes: Path, quotas: Path, places: int) -> dict[str, float] | None:
    """Smallest chance and seconds of the oracle, when it is installed."""
    python = os.environ.get("GRU_ORACLE_PYTHON")
    if python is None:
        return None
    sortie = subprocess.run(
        [python, str(ORACLE), str(personnes), str(quotas), str(places)], capture_output=True, text=True, check=True
    )
    lu: dict[str, float] = json.loads(sortie.stdout.splitlines()[-1])
    return lu


def mesurer(mesure: Mesure, dossier: Path) -> bool:
    """Print one line and say whether the budget is met."""
    personnes, quotas = ecrire_vivier(
        dossier, mesure.volontaires, mesure.places, mesure.graine, criteres=mesure.criteres
    )
    debut, processeur = time.monotonic(), time.process_time()
    vivier = lire_vivier(personnes, quotas, foyer=["adresse"] if mesure.foyers else [])
    tirage = preparer(vivier, mesure.places, un_par_foyer=mesure.foyers)
    duree, processeur = time.monotonic() - debut, time.process_time() - processeur
    ligne = {
        "volunteers": mesure.volontaires,
        "size": mesure.places,
        "households": mesure.foyers,
        "algorithm": tirage.algorithme,
        "minimum_probability": tirage.minimum,
        "dual_bound": tirage.borne,
        "gap": tirage.ecart,
        "panels": tirage.loterie.nombre,
        "seconds": round(duree, 1),
        "cpu_seconds": round(processeur, 1),
        "load": round(os.getloadavg()[0], 1),
    }
    tient = mesure.budget_s is None or duree <= mesure.budget_s
    if mesure.budget_s is not None:
        reference = oracle(personnes, quotas, mesure.places)
        if reference is not None:
            ligne |= {"oracle": reference["minimum_probability"], "oracle_seconds": reference["seconds"]}
            tient = tient and tirage.minimum >= reference["minimum_probability"] - TOLERANCE
    print(json.dumps(ligne | {"within_budget": tient}), flush=True)
    return tient


def main() -> int:
    """Run all measures."""
    with tempfile.TemporaryDirectory() as dossier:
        tenues = [mesurer(mesure, Path(dossier)) for mesure in MESURES]
    return 0 if all(tenues) else 1


if __name__ == "__main__":
    sys.exit(main())
