"""Forms of the residents' pages.

``complements`` has what an agent asked for, ``echanges`` the pages that follow a request or a draft. How the questions
of a procedure are asked is guichet.questions.
"""

from guichet.portail.forms.complements import FormulaireComplements
from guichet.portail.forms.echanges import (
    FormulaireEnvoi,
    FormulaireEnvoiCode,
    FormulaireJoindre,
    FormulaireMessage,
    FormulaireReprise,
    FormulaireRetrait,
    FormulaireSuivi,
)

__all__ = [
    "FormulaireComplements",
    "FormulaireEnvoi",
    "FormulaireEnvoiCode",
    "FormulaireJoindre",
    "FormulaireMessage",
    "FormulaireReprise",
    "FormulaireRetrait",
    "FormulaireSuivi",
]
