"""People of an invented town, and the forms they fill: whatever the town writes, answered as a person would."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from guichet.demarches.constats import constats
from guichet.demarches.definition import Definition, Etape
from guichet.demarches.recherche import normaliser
from guichet.peuplement import listes
from guichet.peuplement.reperes import identifiant
from guichet.questions.invention import PRENOMS, Invention, Personne, telephone
from guichet.questions.sortes import inventer

ESSAIS = 8
"""Draws of a page, where a rule of the procedure speaks of the first ones."""


class Repondant:
    """Fills the form of one procedure. Conditions are obeyed: what is not asked is not answered."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition

    def remplir(self, hasard: Random, personne: Personne, jour: date) -> dict[str, Any]:
        """Answers of this person on this day; the same draws give the same answers."""
        invention, donnees = Invention(hasard, personne, jour), dict[str, Any]()
        for etape in self._definition.etapes:
            if etape.si is None or etape.si.vraie(donnees):
                donnees |= self._sans_faute(etape, donnees, invention)
        return donnees

    def _sans_faute(self, etape: Etape, donnees: dict[str, Any], invention: Invention) -> dict[str, Any]:
        """Answers of a page of which no rule speaks, or of which the fewest do among some draws."""
        meilleures, moins = dict[str, Any](), ESSAIS + 1000
        for _ in range(ESSAIS):
            dites = inventer(etape.champs, donnees, invention)
            dits = [c for c in constats(self._definition, {**donnees, **dites}, invention.jour) if c.etape == etape.nom]
            if len(dits) < moins:
                meilleures, moins = dites, len(dits)
            if not dits:
                break
        return meilleures


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
