"""Short and long texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from guichet.demarches import champs as c
from guichet.questions.adaptateur import Adaptateur, Champs, adapte
from guichet.questions.formats import FORMATS, Format, MauvaisFormat
from guichet.questions.invention import DESCRIPTIONS, PRENOMS, Invention
from socle.composants.forms import TexteLong as ChampTexteLong

_MOTS = ("Admiville", "Les amis du quartier", "de 8 h à 18 h", "Compagnie des Lilas")


class ChampFormate(forms.CharField):
    """A text of a known shape, kept in one way however it was typed."""

    def __init__(self, *, format_: Format, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs=dict(format_.attributs)), **kwargs)
        self.format = format_

    def clean(self, value: Any) -> str:
        """The text as it is kept, empty if nothing is typed. Raises ValidationError when its shape is not the one
        asked.
        """
        saisie: str = super().clean(value)
        if not saisie:
            return ""
        try:
            return self.format.nettoyer(saisie)
        except MauvaisFormat as faute:
            raise forms.ValidationError(str(faute)) from None


@adapte(c.ChampTexte)
class Texte(Adaptateur[c.ChampTexte]):
    """A short text, free or of a known shape."""

    def champs(self) -> Champs:
        """One input."""
        champ = self.champ
        messages = {
            "required": self._vide(),
            "max_length": f"Écrivez {champ.longueur_max} caractères au plus.",
        }
        if champ.format:
            return {champ.nom: ChampFormate(format_=FORMATS[champ.format], error_messages=messages, **self._communs())}
        return {champ.nom: forms.CharField(max_length=champ.longueur_max, error_messages=messages, **self._communs())}

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> str:
        """A text of the shape asked, or a word likely for the field's name."""
        champ, hasard = self.champ, invention.hasard
        if champ.format:
            forme = FORMATS[champ.format]
            return forme.nettoyer(forme.inventer(hasard))
        if "prenom" in champ.nom:
            return hasard.choice(PRENOMS)
        if "parent" in champ.nom:
            return f"{hasard.choice(PRENOMS)} {invention.personne.nom}"
        return invention.personne.nom if champ.nom.endswith("nom") else hasard.choice(_MOTS)[: champ.longueur_max]

    def schema(self) -> dict[str, Any]:
        """A text, of limited length unless its shape limits it."""
        return {"type": "string"} if self.champ.format else {"type": "string", "maxLength": self.champ.longueur_max}


@adapte(c.ChampTexteLong)
class TexteLong(Adaptateur[c.ChampTexteLong]):
    """A text of several lines."""

    def champs(self) -> Champs:
        """One input of seven lines."""
        champ = self.champ
        return {
            champ.nom: ChampTexteLong(
                max_length=champ.longueur_max,
                rows=7,
                error_messages={"required": self._vide()},
                **self._communs(),
            )
        }

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> str:
        """A description somebody could have written."""
        return invention.hasard.choice(DESCRIPTIONS)[: self.champ.longueur_max]

    def schema(self) -> dict[str, Any]:
        """A text of limited length."""
        return {"type": "string", "maxLength": self.champ.longueur_max}
