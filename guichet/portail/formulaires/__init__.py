"""Forms of the residents' pages.

``champs`` has one builder a kind of field, ``dates``, ``formats`` and ``fichiers`` what needs more than Django's own
fields, ``etape`` a page of questions, ``echanges`` the pages that follow a request.
"""

from .echanges import FormulaireEnvoiCode, FormulaireMessage, FormulaireReprise, FormulaireRetrait, FormulaireSuivi
from .etape import FormulaireQuestions
from .fichiers import DejaLa

__all__ = [
    "DejaLa",
    "FormulaireEnvoiCode",
    "FormulaireMessage",
    "FormulaireQuestions",
    "FormulaireReprise",
    "FormulaireRetrait",
    "FormulaireSuivi",
]
