"""Processor time of what people do, in units of the machine: one unit is one Argon2id of the same run.

    python -m tests.benchmarks.unites [--demandes=20000] [--manches=3] [--ancienne=FOLDER]

One process a site over a PostgreSQL of its own, no front, no TLS to the database; the worker speaks to a mail server
over TLS. Counted: this process and every process of the database; not counted: front, mail server, identity provider.
`--ancienne`: another working copy, measured in alternation with this one, for a table of before and after. Processor
time alone is kept: other work on the machine changes it little, and both columns alike.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.guichet_local import RACINE, environnement, grappe
from tests.benchmarks.serveur_de_courriels import serveur_de_courriels

ENFANT = Path(__file__).with_name("unites_enfant.py")
# What w.c.s. and Authentic 2 cost in the same units, all their processes (docs/figures-guichet.md).
PAIR = {
    "accueil, anonyme": (0.37, 0.11),
    "premier écran d'une démarche": (2.05, 0.31),
    "envoi entier, courriels et PDF": (10.5, 5.2),
    "liste des agents, 25 lignes": (1.95, 0.6),
    "recherche": (2.05, 0.8),
    "page d'une demande": (1.4, 0.56),
}
PARTIES = ("envoi : portail", "envoi : courriels et PDF")
ENTIER = "envoi entier, courriels et PDF"

Mesures = dict[str, dict[str, float]]


def commande(copie: Path, *mots: str, env: dict[str, str]) -> str:
    """Run Python on the code of this working copy."""
    env = env | {"PYTHONPATH": str(copie)}
    fini = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", *mots], check=False, env=env, cwd=copie, capture_output=True, text=True
    )
    if fini.returncode:
        raise SystemExit(fini.stderr[-3000:])
    return fini.stdout


def preparer(dossier: Path, copie: Path, base: str, demandes: int) -> None:
    """A database filled by this copy's generator."""
    subprocess.run(["createdb", "-h", str(dossier), "-U", "postgres", base], check=True)
    _gerer(dossier, copie, base, ["migrate"])
    _gerer(dossier, copie, base, ["pages_initiales"])
    _gerer(dossier, copie, base, ["importer_site", str(copie / "stacks" / "local")])
    _gerer(dossier, copie, base, ["peupler", f"--demandes={demandes}", "--graine=1"])
    subprocess.run(["psql", "-qXh", str(dossier), "-U", "postgres", "-c", "VACUUM ANALYZE", base], check=True)


def reprendre(dossier: Path, copie: Path, base: str, modele: str) -> None:
    """The same rows, brought to this copy's schema."""
    subprocess.run(["createdb", "-h", str(dossier), "-U", "postgres", "-T", modele, base], check=True)
    _gerer(dossier, copie, base, ["migrate"])


def _gerer(dossier: Path, copie: Path, base: str, mots: list[str]) -> None:
    env = environnement(dossier, base, "schema") | {"SITE_STATIC_ROOT": str(dossier / f"statique-{base}")}
    commande(copie, str(copie / "guichet" / "manage.py"), *mots, env=env)


def relever(dossier: Path, copie: Path, base: str, courrier: dict[str, str]) -> Mesures:
    """One round of this copy: milliseconds of each operation, its statements, and the unit of this very process."""
    mesures: Mesures = {}
    for site in ("portail", "instruction"):
        env = environnement(dossier, base, site) | courrier | {"SITE_STATIC_ROOT": str(dossier / f"statique-{base}")}
        sortie = commande(copie, str(ENFANT), site, str(dossier / "donnees"), env=env)
        mesures |= json.loads(sortie.splitlines()[-1])
    mesures[ENTIER] = {cle: sum(mesures[partie][cle] for partie in PARTIES) for cle in mesures[PARTIES[0]]}
    return mesures


def tableau(colonnes: dict[str, list[Mesures]]) -> str:
    """Markdown: units, then milliseconds and statements between brackets; medians of the rounds."""
    lignes = ["| unités (ms, ordres SQL) | " + " | ".join(colonnes) + " | pair | but |"]
    lignes.append("|---|" + "---|" * (len(colonnes) + 2))
    for nom in next(iter(colonnes.values()))[0]:
        cellules = []
        for manches in colonnes.values():
            unites = statistics.median(manche[nom]["unites"] for manche in manches)
            ms = statistics.median(manche[nom]["ms"] for manche in manches)
            base = statistics.median(manche[nom]["base"] for manche in manches)
            sql = statistics.median(manche[nom]["ordres"] for manche in manches)
            cellules.append(f"{unites:.2f} ({ms:.1f} ms dont base {base:.1f}, {sql:.0f})")
        pair, but = PAIR.get(nom, ("", ""))
        lignes.append(f"| {nom} | " + " | ".join(cellules) + f" | {pair} | {but} |")
    return "\n".join(lignes)


def main(mots: list[str]) -> int:
    """Print the table."""
    options = dict(mot.removeprefix("--").partition("=")[::2] for mot in mots)
    demandes, manches = int(options.get("demandes", 20_000)), int(options.get("manches", 3))
    copies = {"cette version": RACINE}
    if ancienne := options.get("ancienne"):
        copies = {"avant": Path(ancienne).resolve(), **copies}
    colonnes: dict[str, list[Mesures]] = {nom: [] for nom in copies}
    with grappe() as dossier, serveur_de_courriels(dossier) as courrier:
        bases = {nom: f"mesure{rang}" for rang, nom in enumerate(copies)}
        premiere, *suivantes = copies
        preparer(dossier, copies[premiere], bases[premiere], demandes)
        for nom in suivantes:
            reprendre(dossier, copies[nom], bases[nom], bases[premiere])
        for nom, copie in copies.items():
            _gerer(dossier, copie, bases[nom], ["collectstatic", "--noinput"])
        for manche in range(manches):
            ordre = list(copies) if manche % 2 == 0 else list(copies)[::-1]
            for nom in ordre:
                colonnes[nom].append(relever(dossier, copies[nom], bases[nom], courrier))
    print(f"{demandes} demandes, {manches} manches alternées, charge {os.getloadavg()[0]:.1f}\n")
    print(tableau(colonnes))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
