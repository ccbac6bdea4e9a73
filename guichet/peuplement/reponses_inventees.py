"""People of an invented town, and the forms they fill: whatever the town writes, answered as a person would."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from guichet.demarches.definition import Definition
from guichet.demarches.recherche import normaliser
from guichet.peuplement import listes
from guichet.peuplement.reperes import identifiant
from guichet.questions.invention import PRENOMS, Invention, Personne, telephone
from guichet.questions.sortes import inventer


class Repondant:
    """Fills the form of one procedure. Conditions are obeyed: what is not asked is not answered."""

    def __init__(self, definition: Definition) -> None:
        self._etapes = definition.etapes

    def remplir(self, hasard: Random, personne: Personne, jour: date) -> dict[str, Any]:
        """Answers of this person on this day; the same draws give the same answers."""
        invention, donnees = Invention(hasard, personne, jour), dict[str, Any]()
        for etape in self._etapes:
            if etape.si is None or etape.si.vraie(donnees):
                donnees |= inventer(etape.champs, donnees, invention)
        return donnees


def personnes(hasard: Random, nombre: int) -> list[Personne]:
    """People of the town who ask for something in the year; one in three has an account."""
    trouvees = []
    for rang in range(nombre):
        prenom, nom = hasard.choice(PRENOMS), hasard.choice(listes.NOMS)
        boite = f"{normaliser(prenom)}.{normaliser(nom)}.{rang}".replace(" ", "-")
        adresse = f"{hasard.randint(1, 180)} {hasard.choice(listes.VOIES)}"
        trouvees.append(
            Personne(
                prenom,
                nom,
                f"{boite}@exemple.invalid" if hasard.random() < 0.8 else "",
                telephone(hasard) if hasard.random() < 0.7 else "",
                adresse,
                str(identifiant(hasard)) if hasard.random() < 0.35 else "",
            )
        )
    return trouvees
