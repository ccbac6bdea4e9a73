"""Fields of the workshop that propose what exists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms


class Propositions(forms.TextInput):
    """A line where what others wrote is proposed as one types; something new may be written."""

    template_name = "conception/propositions.html"

    def __init__(self, propositions: Callable[[], Iterable[str]], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self._propositions = propositions

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Adds what is proposed, asked when the page is drawn."""
        contexte = super().get_context(name, value, {**(attrs or {}), "list": f"propositions-{name}"})
        return {**contexte, "propositions": list(self._propositions())}
