"""What is told of a procedure before one begins, the same wherever its page is drawn."""

from __future__ import annotations

from typing import Any

from guichet.demandes import avis
from guichet.demarches.definition import Definition, Etape
from guichet.demarches.models import Demarche
from guichet.questions.etape import FormulaireQuestions
from guichet.questions.parcours import Parcours


def contexte_demarche(demarche: Demarche) -> dict[str, Any]:
    """What the page of a procedure shows of it."""
    definition = demarche.lue
    return {
        "demarche": demarche,
        "definition": definition,
        "nombre_ecrans": nombre_ecrans(definition),
        "avis": avis.lien(demarche.pk, avis.Source.PAGE),
    }


def contexte_etape(parcours: Parcours, etape: Etape, formulaire: FormulaireQuestions) -> dict[str, Any]:
    """What one page of the form shows, but for the addresses of its links."""
    return {
        "parcours": parcours,
        "demarche": parcours.demarche,
        "definition": parcours.definition,
        "etape": etape,
        "form": formulaire,
        "rang": parcours.rang(etape),
        "peut_s_allonger": parcours.peut_s_allonger(etape),
    }


def nombre_ecrans(definition: Definition) -> str:
    """« 6 », « 6 ou 7 », « 5 à 8 »: some pages are only asked to some people."""
    toujours = sum(1 for e in definition.etapes if e.si is None and any(c.si is None for c in e.champs))
    moins, plus = max(toujours, 1) + 1, len(definition.etapes) + 1  # and « Vérifiez vos réponses »
    if moins == plus:
        return str(plus)
    return f"{moins} {'ou' if plus - moins == 1 else 'à'} {plus}"
