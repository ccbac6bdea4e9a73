"""Forms are drawn with the charter's classes; labels, help and errors are tied together by Django."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.forms.renderers import TemplatesSetting

from socle.typographie.longueur import nombre_de_caracteres

CHOIX = "components/choix.html"


class ChampLie(forms.BoundField):
    """A field whose browser cuts nothing: `maxlength` would drop the end of a pasted text without a word.

    The limit is said on the server, with the text given back; long texts also carry it for the counter (compteur.js).
    """

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        limite = field.widget.attrs.pop("maxlength", None)
        if limite is not None and isinstance(field.widget, forms.Textarea):
            field.widget.attrs["data-longueur-max"] = limite


class Rendu(TemplatesSetting):
    """`{{ form.champ.as_field_group }}` gives label, help, error and field."""

    field_template_name = "components/champ.html"
    bound_field_class = ChampLie


class LongueurMax(MaxLengthValidator):
    """Django's, that counts characters as people see them."""

    def clean(self, x: Sized) -> int:
        """Characters of the text."""
        return nombre_de_caracteres(str(x))


class TexteLong(forms.CharField):
    """A text of several lines, counted as people count: a line break is one character, an emoji too.

    Browsers send a line break as two characters (HTML, « form submission »); here it is one again, and stays one.
    """

    widget = forms.Textarea

    def __init__(self, *, max_length: int, rows: int = 6, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        messages = {"max_length": TROP_LONG, **kwargs.pop("error_messages", {})}
        zone = forms.Textarea(attrs={"rows": rows, **(attrs or {})})
        super().__init__(max_length=max_length, widget=zone, error_messages=messages, **kwargs)
        self.validators = [
            LongueurMax(max_length) if isinstance(validateur, MaxLengthValidator) else validateur
            for validateur in self.validators
        ]

    def to_python(self, value: Any) -> str:
        """The text with one character a line break."""
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


TROP_LONG = "Votre texte a %(show_value)s caractères, %(limit_value)s au plus : raccourcissez-le. Rien n'a été coupé."


class _AvecAides:
    """Options with a line of help each; `aides`: value to sentence."""

    aides: dict[str, str]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["aide"] = getattr(self, "aides", {}).get(str(value), "")
        return option


class Radios(_AvecAides, forms.RadioSelect):
    """One choice among few; a target as large as the line."""

    template_name = CHOIX


class Cases(_AvecAides, forms.CheckboxSelectMultiple):
    """Several choices among few."""

    template_name = CHOIX
