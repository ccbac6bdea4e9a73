"""Numbers, whole or with decimals, with their unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from guichet.demarches import champs as c
from guichet.questions.adaptateur import Adaptateur, Champs, adapte
from guichet.questions.invention import Invention


class ChampNombreFormulaire(forms.CharField):
    """« 1 200 », « 12,5 » or « 12.5 »; kept as a whole number, or as a text where decimals are allowed."""

    def __init__(
        self, *, decimales: int, minimum: Any, maximum: Any, unite: str, suffixe: bool = True, **kwargs: Any
    ) -> None:
        mode = "decimal" if decimales else "numeric"
        super().__init__(widget=forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"}), **kwargs)
        self.decimales, self.unite = decimales, unite
        self.minimum = None if minimum is None else Decimal(str(minimum))
        self.maximum = None if maximum is None else Decimal(str(maximum))
        if suffixe and unite:
            self.template_name = "questions/nombre.html"

    def clean(self, value: Any) -> int | str | None:
        """A whole number, or a text with a point where decimals are allowed; None if nothing is typed.

        Raises ValidationError when it is no number, has too many decimals or is out of bounds (included).
        """
        saisie: str = super().clean(value)
        if not saisie:
            return None
        brut = re.sub(r"[\s_]", "", saisie).replace(",", ".")
        if self.unite and brut.lower().endswith(self.unite.replace(" ", "").lower()):
            brut = brut[: -len(self.unite.replace(" ", ""))]
        if not re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,12})?", brut, re.ASCII):
            raise forms.ValidationError("Écrivez un nombre en chiffres, comme 12.")
        nombre = Decimal(brut)
        if -int(nombre.normalize().as_tuple().exponent) > self.decimales:
            raise forms.ValidationError(
                f"Écrivez au plus {self.decimales} chiffre{'s' if self.decimales > 1 else ''} après la virgule."
                if self.decimales
                else "Écrivez un nombre entier, sans virgule."
            )
        if self.minimum is not None and nombre < self.minimum:
            raise forms.ValidationError(f"Indiquez {self._dire(self.minimum)} ou plus.")
        if self.maximum is not None and nombre > self.maximum:
            raise forms.ValidationError(f"Indiquez {self._dire(self.maximum)} ou moins.")
        return f"{nombre:f}" if self.decimales else int(nombre)

    def _dire(self, nombre: Decimal) -> str:
        return f"{nombre.normalize():f}".replace(".", ",") + (
            f" {self.unite}" if self.unite and abs(nombre) >= 2 else ""
        )


@adapte(c.ChampNombre)
class Nombre(Adaptateur[c.ChampNombre]):
    """A number, whole or with decimals, with its unit."""

    def champs(self) -> Champs:
        """One input."""
        champ = self.champ
        return {
            champ.nom: ChampNombreFormulaire(
                decimales=champ.decimales,
                minimum=champ.minimum,
                maximum=champ.maximum,
                unite=champ.unite,
                error_messages={"required": self._vide(f"Indiquez « {champ.libelle} ».")},
                **self._communs(),
            )
        }

    def initial(self, valeur: Any) -> dict[str, Any]:
        """The number with a comma, as it is typed in French."""
        return {self.champ.nom: valeur.replace(".", ",") if isinstance(valeur, str) else valeur}

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> Any:
        """A number within the bounds, more often near the lower one."""
        champ = self.champ
        bas = champ.minimum if champ.minimum is not None else 1
        haut = champ.maximum if champ.maximum is not None else bas + 10
        valeur = bas + (haut - bas) * min(invention.hasard.expovariate(8), 1)
        return f"{valeur:.{champ.decimales}f}" if champ.decimales else round(valeur)

    def schema(self) -> dict[str, Any]:
        """A whole number; the text of a decimal number where decimals are allowed. Nothing typed: null."""
        if self.champ.decimales:
            return {"type": ["string", "null"], "pattern": r"^[+-]?\d+(\.\d+)?$"}
        bornes = {"minimum": self.champ.minimum, "maximum": self.champ.maximum}
        return {"type": ["integer", "null"]} | {cle: borne for cle, borne in bornes.items() if borne is not None}
