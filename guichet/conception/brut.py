"""Last touches to what the workshop gives: names nobody wants to invent, and values of conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from guichet.demarches.champs import ORDRE
from guichet.demarches.conditions import REUNIONS
from guichet.demarches.recherche import normaliser

Cles = dict[str, Any]


def achever_demarche(brut: Cles) -> Cles:
    """Name what has none. ``brut`` is changed in place."""
    etapes = brut.get("etapes") or []
    nommer(etapes, "nom", ("titre_court", "titre"), trait="-")
    champs = list(_tous_les_champs(etapes))
    nommer(champs, "nom", ("libelle",))
    for champ in champs:
        nommer(champ.get("options") or [], "valeur", ("libelle",))
    nommer(brut.get("modeles") or [], "code", ("titre",))
    regles = [regle for porteur in (*etapes, *champs) for regle in porteur.get("regles") or ()]
    nommer(regles, "code", ("titre",))
    return brut


def typer_les_conditions(brut: Cles) -> Cles:
    """Give back their kind to the numbers of conditions, once questions have their names. Changes ``brut``."""
    etapes = brut.get("etapes") or []
    champs = list(_tous_les_champs(etapes))
    regles = [regle for porteur in (*etapes, *champs) for regle in porteur.get("regles") or ()]
    genres = {champ["nom"]: champ.get("type") for champ in champs if champ.get("nom")}
    for porteur in (*etapes, *champs, *regles):
        for comparaison in _comparaisons(porteur.get("si")):
            _typer(comparaison, "nombre" if comparaison.get("mesure") else genres.get(comparaison.get("champ")))
    return brut


def achever_workflow(brut: Cles) -> Cles:
    """Name statuses, transitions and templates of answers that have no code after their words. Changes ``brut``."""
    nommer(brut.get("statuts") or [], "code", ("libelle",))
    nommer(brut.get("transitions") or [], "code", ("libelle",))
    nommer(brut.get("modeles") or [], "code", ("titre",))
    return brut


def nommer(elements: Iterable[Cles], cle: str, depuis: tuple[str, ...], trait: str = "_") -> None:
    """Give a name made of their words to those that have none, unlike any other."""
    elements = list(elements)
    pris = {element.get(cle) for element in elements}
    for element in elements:
        mots = next((element[source] for source in depuis if element.get(source)), "")
        if element.get(cle) or not mots:
            continue
        racine = re.sub(r"^[^a-z]+", "", normaliser(mots)).replace(" ", trait)[:36].strip(trait) or "x"
        nom, rang = racine, 2
        while nom in pris:
            nom, rang = f"{racine}{trait}{rang}", rang + 1
        element[cle] = nom
        pris.add(nom)


def _tous_les_champs(etapes: Iterable[Cles]) -> Iterator[Cles]:
    for etape in etapes:
        for champ in etape.get("champs") or ():
            yield champ
            yield from champ.get("champs") or ()


def _comparaisons(condition: Any) -> Iterator[Cles]:
    if not isinstance(condition, dict):
        return
    if "champ" in condition:
        yield condition
    for reunion in REUNIONS:
        for partie in condition.get(reunion) or ():
            yield from _comparaisons(partie)


def _typer(comparaison: Cles, genre: str | None) -> None:
    for operateur in ("egal", "different", "parmi", *ORDRE):
        valeur = comparaison.get(operateur)
        if valeur is None or isinstance(valeur, bool | dict):
            continue
        if genre == "nombre" or (genre in {"choix_multiple", "groupe"} and operateur in ORDRE):
            comparaison[operateur] = [_nombre(v) for v in valeur] if isinstance(valeur, list) else _nombre(valeur)


def _nombre(texte: Any) -> Any:
    """A number as it was typed; what is none stays as it is, and is refused in words later."""
    try:
        return int(texte)
    except (TypeError, ValueError):
        try:
            return float(str(texte).replace(",", "."))
        except ValueError:
            return texte
