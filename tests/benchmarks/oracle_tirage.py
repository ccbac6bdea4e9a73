"""MAXIMIN by `sortition-algorithms` with the CBC solver: what our draw must at least reach.

That library is under GPL-3.0 and brings what the project does not want: it lives in an environment of its own
and is never imported by ours. Make it with:

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install -r tests/benchmarks/requirements-oracle.in
    /tmp/oracle/bin/python tests/benchmarks/oracle_tirage.py people.csv features.csv 40

It prints one line of JSON: smallest chance, seconds, versions. Its search stops at a gap of 0.0005.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

from sortition_algorithms import CSVFileDataSource, SelectionData, Settings
from sortition_algorithms.committee_generation import find_distribution_maximin


def main(personnes: Path, quotas: Path, taille: int) -> None:
    """Run the oracle on two files."""
    identifiant = personnes.read_text(encoding="utf-8").split(",", 1)[0]
    reglages = Settings(id_column=identifiant, columns_to_keep=[], solver_backend="mip")
    donnees = SelectionData(
        CSVFileDataSource(
            features_file=quotas,
            people_file=personnes,
            already_selected_file=None,
            selected_file=Path("/dev/null"),
            remaining_file=Path("/dev/null"),
        )
    )
    criteres, _ = donnees.load_features(taille)
    gens, _ = donnees.load_people(reglages, criteres)
    debut = time.monotonic()
    panels, poids, _ = find_distribution_maximin(criteres, gens, taille, [], "mip")
    secondes = time.monotonic() - debut
    chances = dict.fromkeys(gens, 0.0)
    for panel, part in zip(panels, poids, strict=True):
        for qui in panel:
            chances[qui] += part
    print(
        json.dumps(
            {
                "minimum_probability": min(chances.values()),
                "maximum_probability": max(chances.values()),
                "panels": len(panels),
                "seconds": round(secondes, 1),
                "versions": {nom: version(nom) for nom in ("sortition-algorithms", "mip")},
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
