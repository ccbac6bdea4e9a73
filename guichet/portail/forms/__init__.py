"""Forms of the residents' pages.

``champs`` has one builder a kind of field, ``dates``, ``formats`` and ``fichiers`` what needs more than Django's own
fields, ``etape`` a page of questions, ``complements`` what an agent asked for, ``echanges`` the
pages that follow a request.
"""

from .complements import FormulaireComplements
from .echanges import (
    FormulaireEnvoi,
    FormulaireEnvoiCode,
    FormulaireMessage,
    FormulaireReprise,
    FormulaireRetrait,
    FormulaireSuivi,
)
from .etape import FormulaireQuestions
from .fichiers import DejaLa

__all__ = [
    "DejaLa",
    "FormulaireComplements",
    "FormulaireEnvoi",
    "FormulaireEnvoiCode",
    "FormulaireMessage",
    "FormulaireQuestions",
    "FormulaireReprise",
    "FormulaireRetrait",
    "FormulaireSuivi",
]
