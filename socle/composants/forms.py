"""Forms are drawn with the charter's classes; labels, help and errors are tied together by Django."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting

CHOIX = "components/choix.html"


class Rendu(TemplatesSetting):
    """`{{ form.champ.as_field_group }}` gives label, help, error and field."""

    field_template_name = "components/champ.html"


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
