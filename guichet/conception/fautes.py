"""What is wrong with a definition, in the words of the screen and at its place in the form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError as FautesPydantic

from guichet.conception.ecran import Ecran
from guichet.conception.renvois import Chemin, Cles
from guichet.conception.sortes import Groupe
from guichet.demarches.definition import en_mots, fautes_utiles
from guichet.demarches.modele import Modele


def placees(groupe: Groupe, brut: Cles, sauf: Sequence[Chemin] = ()) -> Iterator[tuple[Chemin, str]]:
    """Place and sentence of each fault that the rules of files find, but for places ``sauf``, said already."""
    ecran = Ecran(groupe.modele, brut)
    try:
        groupe.modele.model_validate(brut)
    except FautesPydantic as erreur:
        for faute in fautes_utiles(erreur):
            chemin = tuple(faute["loc"])
            if any(chemin[: len(dite)] == dite or (chemin and dite[: len(chemin)] == chemin) for dite in sauf):
                continue
            for phrase in _phrase(faute, lieu(groupe, chemin), ecran).split("\n"):
                if faute["type"] == "value_error":
                    yield chemin or ecran.lieu(phrase), ecran.dire(phrase)
                else:
                    yield chemin, phrase


def fautes_a_l_ecran(modele: type[Modele], brut: Cles) -> list[str]:
    """The sentences alone, each once."""
    return list(dict.fromkeys(phrase for _, phrase in placees(Groupe(modele), brut)))


def _phrase(faute: Any, ou: str, ecran: Ecran) -> str:
    """A fault of the reading: no code, no value as Python writes it."""
    contexte, saisi, genre = dict(faute.get("ctx", {})), faute["input"], faute["type"]
    if genre == "string_pattern_mismatch" and not saisi:
        return f"il manque « {ou} »"
    if genre in {"enum", "literal_error"}:
        choix = [ecran.valeur(valeur.strip(" '")) for valeur in re.split(r",| or ", str(contexte["expected"]))]
        return f"« {ou} » : choisissez {', '.join(choix)}"
    if genre in {"bool_type", "bool_parsing"}:
        return f"« {ou} » : répondez oui ou non"
    if genre in {"union_tag_invalid", "union_tag_not_found"}:
        return f"« {ou} » : choisissez le genre de la question"
    if genre == "value_error" and ou:
        return f"« {ou} » : {contexte['error']}"
    lisible = saisi if isinstance(saisi, str | int | float) else "ce qui est écrit"
    return en_mots({**faute, "input": lisible}, lieu=ou)


def lieu(sorte: Any, chemin: Chemin) -> str:
    """Where, in the words of the workshop: « Pages du formulaire, 2, Questions de la page, 1, Question »."""
    if not chemin:
        return ""
    premier, reste = chemin[0], chemin[1:]
    if isinstance(sorte, Groupe) and premier in sorte.cles:
        dit, suite = sorte.cles[premier].title or str(premier), sorte.sortes[premier]
    elif isinstance(premier, int):
        dit, suite = str(premier + 1), getattr(sorte, "element", sorte)
    else:
        dit, suite = "", getattr(sorte, "sortes", {}).get(premier, sorte)
    return ", ".join(filter(None, (dit, lieu(suite, reste))))
