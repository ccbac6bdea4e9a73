"""Who lives there, from a file as Insee's tables give it: one line a value, with people or with a share."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from consultation.ecoute.dossiers.tableaux import Lecture
from consultation.tirage.fichiers import Tableau

COLONNES = {
    "critere": ("critere", "critère", "variable"),
    "valeur": ("valeur", "modalite", "modalité"),
    "nombre": ("population", "effectif", "nombre"),
    "part": ("part", "pourcentage", "%"),
    "question": ("question",),
    "source": ("source",),
}


@dataclass
class CritereLu:
    """One criterion of the file; shares in per cent."""

    nom: str
    question: str = ""
    source: str = ""
    valeurs: list[tuple[str, float]] = field(default_factory=list)


def lire(tableau: Tableau) -> list[CritereLu]:
    """Return the criteria of a table, shares worked out from people where it counts them.

    Columns: critere, valeur, then population (people) or part (per cent); question and source if wanted. Raises
    `FichiersInvalides`, with every mistake and its line.
    """
    lecture = Lecture(tableau)
    trouvees = {nom: next((m for m in mots if m in lecture.colonnes), "") for nom, mots in COLONNES.items()}
    lecture.exiger(
        *(nom for nom in ("critere", "valeur") if not trouvees[nom]),
        *([] if trouvees["nombre"] or trouvees["part"] else ["population » ou « part"]),
    )
    quoi = "nombre" if trouvees["nombre"] else "part"
    bruts: dict[str, CritereLu] = {}
    for ligne, valeur in lecture.lignes():
        lu = {nom: valeur.get(colonne, "") for nom, colonne in trouvees.items()}
        nombre = _nombre(lu[quoi])
        if not lu["critere"] or not lu["valeur"]:
            lecture.faute(ligne, None, "écrivez le critère et sa valeur.")
        elif nombre is None:
            lecture.faute(ligne, lecture.colonnes[trouvees[quoi]], f"« {lu[quoi]} » n'est pas un nombre.")
        else:
            critere = bruts.setdefault(lu["critere"].casefold(), CritereLu(lu["critere"][:60]))
            critere.question = critere.question or lu["question"][:150]
            critere.source = critere.source or lu["source"][:200]
            critere.valeurs.append((lu["valeur"][:60], nombre))
    for critere in bruts.values():
        for phrase in _juger(critere, quoi):
            lecture.faute(None, None, phrase)
    if not bruts and not lecture.fautes:
        lecture.faute(None, None, "le fichier n'a aucune ligne.")
    lecture.conclure()
    for critere in bruts.values():
        total = sum(nombre for _, nombre in critere.valeurs)
        critere.valeurs = [(nom, 100 * nombre / total) for nom, nombre in critere.valeurs]
    return list(bruts.values())


def _juger(critere: CritereLu, quoi: str) -> list[str]:
    vus: dict[str, int] = defaultdict(int)
    for nom, _ in critere.valeurs:
        vus[nom.casefold()] += 1
    total = sum(nombre for _, nombre in critere.valeurs)
    phrases = []
    if len(vus) < 2:
        phrases.append(f"« {critere.nom} » : il faut au moins deux valeurs.")
    if max(vus.values()) > 1:
        phrases.append(f"« {critere.nom} » : une valeur figure deux fois.")
    if total <= 0:
        phrases.append(f"« {critere.nom} » : les nombres font zéro en tout.")
    elif quoi == "part" and not 99 <= total <= 101:
        phrases.append(f"« {critere.nom} » : les parts font {total:.1f} en tout, au lieu de 100.".replace(".", ",", 1))
    return phrases


def _nombre(texte: str) -> float | None:
    """« 12 345 », « 22,5 % »; None when it is not a number of people or a share."""
    try:
        nombre = float("".join(texte.replace("%", "").replace(",", ".").split()))
    except ValueError:
        return None
    return nombre if 0 <= nombre < 1e9 else None
