"""Time the grouping of 20,000 invented contributions, 1 in 20 of them a lightly edited copy; count what is found.

Run with `python -m tests.benchmarks.doublons` from the root.
"""

from __future__ import annotations

import json
import os
import random
import time

from consultation.analyse import groupes_proches

NOMBRE, COPIES = 20_000, 1_000


def main() -> None:
    """Print one line of JSON."""
    hasard = random.Random(20)  # noqa: S311 - invented texts
    lexique = ["".join(hasard.choices("aeioubcdlmnprst", k=hasard.randint(2, 9))) for _ in range(3000)]
    textes = [" ".join(hasard.choices(lexique, k=hasard.randint(8, 60))) for _ in range(NOMBRE - COPIES)]
    origines = [hasard.randrange(len(textes)) for _ in range(COPIES)]
    for origine in origines:
        mots = textes[origine].split()
        mots[hasard.randrange(len(mots))] = hasard.choice(lexique)
        textes.append(" ".join(mots))
    debut, processeur = time.monotonic(), time.process_time()
    groupes = groupes_proches(textes)
    secondes, processeur = time.monotonic() - debut, time.process_time() - processeur
    ensemble = {indice: rang for rang, groupe in enumerate(groupes) for indice in groupe.membres}
    trouvees = sum(
        1
        for copie, origine in enumerate(origines, start=NOMBRE - COPIES)
        if copie in ensemble and ensemble.get(copie) == ensemble.get(origine)
    )
    print(
        json.dumps(
            {
                "texts": NOMBRE,
                "copies": COPIES,
                "copies_found": trouvees,
                "groups": len(groupes),
                "seconds": round(secondes, 1),
                "cpu_seconds": round(processeur, 1),
                "load": round(os.getloadavg()[0], 1),
            }
        )
    )


if __name__ == "__main__":
    main()
