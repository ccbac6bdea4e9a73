"""Share of what names somebody that the proposals find, on invented French opinions marked by hand.

Run with `python -m tests.benchmarks.pseudonymes` from the root.
"""

from __future__ import annotations

import json

from tests.consultation import jeux


def main() -> None:
    """Print one line of JSON a set."""
    for nom in ("reglage", "controle"):
        avis = jeux.lire(nom)
        mesure = jeux.mesurer(avis)
        print(
            json.dumps(
                {
                    "set": nom,
                    "texts": len(avis),
                    "passages": mesure.attendus,
                    "recall": round(mesure.rappel, 3),
                    "recall_ticked": round(mesure.coches / mesure.attendus, 3),
                    "precision": round(mesure.precision, 3),
                    "missed": mesure.manques if nom == "reglage" else len(mesure.manques),
                },
                ensure_ascii=False,
            )
        )


if __name__ == "__main__":
    main()
