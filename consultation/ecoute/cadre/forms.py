"""Forms of every page, drawn by socle/composants: the same care for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


class _Soin:
    """Same care for every form: sentences that say what to do, native pickers for dates, no browser checks."""

    fields: dict[str, forms.Field]
    use_required_attribute = False
    a_completer = False  # saved step by step: what is empty is said where it is needed, not here
    un_au_moins: tuple[str, ...] = ()  # fields of which one is needed: none of them is said to be optional

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("auto_id", "id-%s")
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            if isinstance(champ, forms.DateTimeField):
                champ.widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            elif isinstance(champ, forms.DateField):
                champ.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            elif isinstance(champ.widget, forms.Textarea):
                champ.widget.attrs["rows"] = min(int(champ.widget.attrs.get("rows", 4)), 12)
            if champ.label and str(champ.error_messages["required"]) == str(
                forms.Field.default_error_messages["required"]
            ):
                champ.error_messages["required"] = f"Remplissez « {champ.label} »."


class Formulaire(_Soin, forms.Form):
    """A form without a model."""


class ModeleForm(_Soin, _ModelForm):
    """A form over a model."""
