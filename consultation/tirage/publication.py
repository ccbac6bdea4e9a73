"""What is published: the numbered list (before the number is drawn), the chances, the panel; and its check.

The check trusts neither the solver nor this package's draw: it reads the published list and counts.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consultation.tirage.erreurs import DemandeImpossible, ErreurFichier, FichiersInvalides, QuotasImpossibles
from consultation.tirage.fichiers import lire_tableau
from consultation.tirage.modele import Vivier
from consultation.tirage.panel import EXPLICATIONS, LEXIMIN, Tirage
from consultation.tirage.solveur import solveur_utilise


def liste_numerotee(tirage: Tirage) -> str:
    """The N panels as CSV: number, then one column a seat."""
    texte = io.StringIO()
    sortie = csv.writer(texte, lineterminator="\n")
    sortie.writerow(["numero", *(f"place_{place}" for place in range(1, tirage.taille + 1))])
    for numero, panel in enumerate(tirage.loterie.lister()):
        sortie.writerow([numero, *panel])
    return texte.getvalue()


def ecrire_liste(chemin: Path, liste: str) -> None:
    """Write the list whole or not at all; raises `DemandeImpossible` when the folder does not allow it."""
    attente = chemin.with_name(f".{chemin.name}.partiel")
    try:
        attente.write_text(liste, encoding="utf-8")
        attente.replace(chemin)
    except OSError as erreur:
        raise DemandeImpossible(
            f"La liste ne peut pas être écrite dans « {chemin} » : ce dossier n'existe pas ou n'est pas à vous. "
            "Personne n'a été tiré."
        ) from erreur


def empreinte_liste(liste: str) -> str:
    """SHA-256 of the list as published; to be made public before the number is drawn."""
    return hashlib.sha256(liste.encode()).hexdigest()


def publier(tirage: Tirage, liste: str, numero: int | None, origine: str | None, reserve: int) -> dict[str, Any]:
    """The result for machines; `numero` None publishes the list and the chances before anybody is drawn."""
    nombre = tirage.loterie.nombre
    resultat: dict[str, Any] = {
        "algorithm": tirage.algorithme,
        "algorithm_detail": EXPLICATIONS[tirage.algorithme],
        "proven": tirage.algorithme == LEXIMIN,
        "solver": solveur_utilise(),
        "size": tirage.taille,
        "volunteers": len(tirage.vivier.personnes),
        "profiles": len(tirage.loterie.membres),
        "one_per_household": tirage.un_par_foyer,
        "minimum_probability": tirage.minimum,
        "maximum_probability": max(tirage.probabilites.values()),
        "equal_probability": tirage.taille / len(tirage.vivier.personnes),
        "dual_bound": tirage.borne,
        "gap": tirage.ecart,
        "rounding": tirage.arrondi,
        "panels": nombre,
        "rule": tirage.regle,
        "input_sha256": tirage.vivier.empreinte,
        "list_sha256": empreinte_liste(liste),
        "certain": list(tirage.certains),
        "excluded": list(tirage.exclus),
        "warnings": list(tirage.alertes),
        "seconds": round(tirage.secondes, 2),
        "probabilities": tirage.probabilites,
        "panels_containing": {qui: tirage.loterie.presences[qui] for qui in tirage.probabilites},
    }
    if numero is not None:
        resultat |= {
            "number": numero,
            "number_source": origine,
            "panel": list(tirage.loterie.panel(numero)),
            "reserve": list(tirage.loterie.reserve(numero, reserve)),
        }
    return resultat


def lire_resultat(chemin: Path, vivier: Vivier) -> tuple[list[str], list[str]]:
    """Read panel and reserve back from a published result; refuses one made from other files.

    Raises DemandeImpossible then, FichiersInvalides for what is no result of a draw.
    """
    try:
        resultat = json.loads(chemin.read_text(encoding="utf-8"))
        panel, reserve, empreinte = resultat["panel"], resultat["reserve"], resultat["input_sha256"]
    except (OSError, ValueError, KeyError, TypeError) as erreur:
        message = "ce n'est pas le résultat d'un tirage (« draw --json », avec son panel)."
        raise FichiersInvalides([ErreurFichier(chemin.name, None, None, message)]) from erreur
    if empreinte != vivier.empreinte:
        raise DemandeImpossible(
            "Les volontaires ou les quotas ne sont plus ceux du tirage : reprenez les fichiers d'origine ; "
            "les personnes qui renoncent se donnent avec --declined."
        )
    return panel, reserve


def refus_en_json(refus: Exception) -> dict[str, Any]:
    """A refusal for machines: the French text, and the proposal when quotas are infeasible."""
    resultat: dict[str, Any] = {"error": str(refus)}
    if isinstance(refus, QuotasImpossibles):
        resultat["reasons"] = refus.raisons
        resultat["relaxations"] = [
            {
                "feature": un.critere,
                "value": un.valeur,
                "bound": "min" if un.borne == "minimum" else "max",
                "from": un.avant,
                "to": un.apres,
                "within_flex": un.dans_les_marges,
            }
            for un in refus.assouplissements
        ]
    if isinstance(refus, FichiersInvalides):
        resultat["mistakes"] = [
            {"file": une.fichier, "line": une.ligne, "column": une.colonne, "message": une.message}
            for une in refus.erreurs
        ]
    return resultat


@dataclass(frozen=True)
class Controle:
    """What counting a published list shows."""

    nombre: int
    taille: int
    probabilites: dict[str, float]
    panel: tuple[str, ...] | None

    @property
    def minimum(self) -> float:
        """Smallest chance."""
        return min(self.probabilites.values())


def controler_liste(vivier: Vivier, chemin: Path, un_par_foyer: bool, numero: int | None = None) -> Controle:
    """Count the list: every panel meets every quota, nobody twice; raises `FichiersInvalides` with the lines."""
    tableau = lire_tableau(chemin)
    personnes = {personne.identifiant: personne for personne in vivier.personnes}
    erreurs: list[ErreurFichier] = []
    presences: Counter[str] = Counter()
    panels: list[tuple[str, ...]] = []
    places = [colonne for colonne in tableau.colonnes if colonne.startswith("place_")]
    for attendu, (ligne, cases) in enumerate(tableau.lignes):
        panel = tuple(cases[place] for place in places)
        panels.append(panel)
        presences.update(panel)
        fautes = [f"« {qui} » n'est pas volontaire." for qui in panel if qui not in personnes]
        if cases.get("numero") != str(attendu):
            fautes.append(f"le numéro devrait être {attendu}.")
        if len(set(panel)) < len(panel):
            fautes.append("une personne y figure deux fois.")
        connus = [personnes[qui] for qui in panel if qui in personnes]
        comptes = Counter((critere, valeur) for p in connus for critere, valeur in p.valeurs.items())
        fautes += [
            f"« {q.critere} : {q.valeur} » compte {comptes[q.critere, q.valeur]} personnes, "
            f"pour {q.minimum} à {q.maximum} attendues."
            for q in vivier.quotas
            if not q.minimum <= comptes[q.critere, q.valeur] <= q.maximum
        ]
        foyers = Counter(p.foyer for p in connus if p.foyer)
        if un_par_foyer and any(occupants > 1 for occupants in foyers.values()):
            fautes.append("deux personnes du même foyer.")
        erreurs += [ErreurFichier(tableau.nom, ligne, None, faute) for faute in fautes]
    if not panels or not places:
        erreurs.append(ErreurFichier(tableau.nom, None, None, "ce n'est pas une liste numérotée de panels."))
    if erreurs:
        raise FichiersInvalides(erreurs)
    if numero is not None and not 0 <= numero < len(panels):
        raise DemandeImpossible(f"Le numéro doit être compris entre 0 et {len(panels) - 1}.")
    chances = {qui: presences[qui] / len(panels) for qui in personnes}
    return Controle(len(panels), len(places), chances, None if numero is None else panels[numero])
