"""Pools made up for tests and benchmarks; nothing in them comes from a real person."""

from __future__ import annotations

import csv
import random
from pathlib import Path

# value: (share of the population, how much more than average its members volunteer)
VILLE: dict[str, dict[str, tuple[float, float]]] = {
    "sexe": {"femme": (0.52, 1.1), "homme": (0.48, 0.9)},
    "age": {
        "16-29": (0.22, 0.45),
        "30-44": (0.25, 0.8),
        "45-59": (0.25, 1.1),
        "60-74": (0.18, 1.7),
        "75 et plus": (0.10, 0.9),
    },
    "diplome": {"aucun": (0.30, 0.25), "bac": (0.38, 0.7), "superieur": (0.32, 2.0)},
    "quartier": {
        "centre": (0.25, 1.5),
        "nord": (0.25, 0.7),
        "sud": (0.20, 1.0),
        "est": (0.18, 0.8),
        "ouest": (0.12, 1.0),
    },
    "logement": {"proprietaire": (0.48, 1.4), "locataire": (0.35, 0.8), "social": (0.17, 0.4)},
    "enfants": {"oui": (0.35, 0.8), "non": (0.65, 1.1)},
}


def ecrire_vivier(dossier: Path, nombre: int, taille: int, graine: int, criteres: int = 6) -> tuple[Path, Path]:
    """Write people.csv and features.csv of a self-selected pool whose quotas are the population's, to one seat."""
    hasard = random.Random(graine)  # noqa: S311 - invented people
    noms = list(VILLE)[:criteres]
    personnes, quotas = dossier / "people.csv", dossier / "features.csv"
    with personnes.open("w", newline="", encoding="utf-8") as fichier:
        sortie = csv.writer(fichier)
        sortie.writerow(["id", *noms, "adresse"])
        for i in range(nombre):
            profil = [
                hasard.choices(list(VILLE[nom]), weights=[part * envie for part, envie in VILLE[nom].values()])[0]
                for nom in noms
            ]
            sortie.writerow([f"P{i + 1:04d}", *profil, f"{hasard.randrange(nombre * 5)} rue des Essais"])
    with quotas.open("w", newline="", encoding="utf-8") as fichier:
        sortie = csv.writer(fichier)
        sortie.writerow(["feature", "value", "min", "max"])
        for nom in noms:
            for valeur, (part, _) in VILLE[nom].items():
                juste = round(part * taille, 6)
                sortie.writerow([nom, valeur, int(juste), int(juste) + (juste > int(juste))])
    return personnes, quotas
