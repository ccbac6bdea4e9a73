"""A sentence that the person vouches for by ticking a box."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from guichet.demarches import champs as c
from guichet.questions.adaptateur import Adaptateur, Champs, adapte
from guichet.questions.invention import Invention


@adapte(c.ChampDeclaration)
class Declaration(Adaptateur[c.ChampDeclaration]):
    """A box to tick: the sentence beside it is what the person vouches for."""

    porte_le_titre = False

    def champs(self) -> Champs:
        """One box, which has to be ticked."""
        case: Any = forms.BooleanField(  # template_name: unknown to the stubs
            error_messages={"required": self._vide("Cochez la case pour continuer, si la phrase est exacte.")},
            **self._communs(),
        )
        case.template_name = "questions/declaration.html"
        return {self.champ.nom: case}

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> bool:
        """Always ticked."""
        return True

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}
