"""Filters and tags of the pages; those of typography are in socle/composants."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def cle(valeurs: dict[Any, Any], nom: Any) -> Any:
    """Value of a dictionary."""
    return valeurs.get(nom, "")


@register.simple_tag
def qr(adresse: str, description: str) -> SafeString:
    """The QR code of an address, drawn in the page: nothing is asked from anybody, it prints sharp."""
    import segno
    from django.utils.html import format_html

    image = segno.make(adresse, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff")
    return format_html('<img class="qr" src="{}" alt="{}">', mark_safe(image), description)  # noqa: S308 - segno's own
