"""One answer among a few, or several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from guichet.demarches import champs as c
from guichet.questions.adaptateur import Adaptateur, Champs, adapte
from guichet.questions.invention import Invention
from socle.composants.forms import Cases, Radios


class ChampPlusieurs(forms.MultipleChoiceField):
    """Several choices among a few, no fewer and no more than asked."""

    def __init__(self, *, minimum: int = 0, maximum: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minimum, self.maximum = minimum, maximum

    def clean(self, value: Any) -> list[str]:
        """The values ticked. Raises ValidationError when too few or too many are."""
        choisies: list[str] = super().clean(value)
        if choisies and len(choisies) < self.minimum:
            raise forms.ValidationError(f"Cochez au moins {self.minimum} réponses.")
        if self.maximum and len(choisies) > self.maximum:
            raise forms.ValidationError(f"Cochez au plus {self.maximum} réponse{'s' if self.maximum > 1 else ''}.")
        return choisies


@adapte(c.ChampChoix)
class Choix(Adaptateur[c.ChampChoix]):
    """One choice, as radio buttons."""

    def champs(self) -> Champs:
        """One input."""
        champ, widget = self.champ, Radios()
        widget.aides = {o.valeur: o.aide for o in champ.options}
        return {
            champ.nom: forms.ChoiceField(
                choices=[(o.valeur, o.libelle) for o in champ.options],
                widget=widget,
                error_messages={
                    "required": self._vide("Choisissez une réponse dans la liste."),
                    "invalid_choice": "Choisissez une réponse dans la liste.",
                },
                **self._communs(),
            )
        }

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> str:
        """First options are the usual ones: each is chosen a little less than the one before."""
        rang = min(int(invention.hasard.expovariate(0.9)), len(self.champ.options) - 1)
        return self.champ.options[rang].valeur

    def schema(self) -> dict[str, Any]:
        """One of the options; the empty text where nothing had to be chosen."""
        return {"enum": [*(o.valeur for o in self.champ.options), *([] if self.champ.obligatoire else [""])]}


@adapte(c.ChampChoixMultiple)
class ChoixMultiple(Adaptateur[c.ChampChoixMultiple]):
    """Several choices, as boxes to tick."""

    def champs(self) -> Champs:
        """One input, whose answer is a list of values."""
        champ, widget = self.champ, Cases()
        widget.aides = {o.valeur: o.aide for o in champ.options}
        return {
            champ.nom: ChampPlusieurs(
                choices=[(o.valeur, o.libelle) for o in champ.options],
                widget=widget,
                minimum=champ.minimum or 0,
                maximum=champ.maximum,
                error_messages={
                    "required": self._vide("Cochez au moins une réponse."),
                    "invalid_choice": "Choisissez des réponses dans la liste.",
                    "invalid_list": "Choisissez des réponses dans la liste.",
                },
                **self._communs() | {"help_text": champ.aide or "Cochez toutes les réponses qui conviennent."},
            )
        }

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> list[str]:
        """As few as allowed, one more in four cases of ten, in the order offered."""
        champ, hasard = self.champ, invention.hasard
        valeurs = [o.valeur for o in champ.options]
        combien = min(max(champ.minimum, 1) + (hasard.random() < 0.4), champ.maximum or len(valeurs))
        choisies = set(hasard.sample(valeurs, min(combien, len(valeurs))))
        return [valeur for valeur in valeurs if valeur in choisies]

    def schema(self) -> dict[str, Any]:
        """A list of the values offered."""
        element = {"enum": [o.valeur for o in self.champ.options]}
        return {"type": "array", "items": element, "maxItems": self.champ.maximum or len(self.champ.options)}
