"""Forms are drawn with the charter's classes; labels, help and errors are tied together by Django."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


class Rendu(TemplatesSetting):
    """`{{ form.champ.as_field_group }}` gives label, help, error and field."""

    field_template_name = "components/champ.html"


class _Choix:
    """A target as large as the line; `aides` (value: sentence) are lines of help under some options."""

    template_name = "components/choix.html"
    aides: dict[str, str]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["aide"] = getattr(self, "aides", {}).get(str(value), "")
        return option


class Radios(_Choix, forms.RadioSelect):
    """One choice among few."""


class Cases(_Choix, forms.CheckboxSelectMultiple):
    """Several choices among few."""
