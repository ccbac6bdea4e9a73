"""Template filters of the residents' pages."""

from __future__ import annotations

from django import template

from guichet.demandes import dates

register = template.Library()

register.filter("jour", dates.jour)
register.filter("jour_et_heure", dates.jour_et_heure)


@register.filter
def tel(numero: str) -> str:
    """A telephone number as a link wants it."""
    return "".join(c for c in numero if c.isdigit() or c == "+")


@register.filter
def taille(octets: int) -> str:
    """« 340 Ko », « 2,4 Mo »."""
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))} Ko"
    return f"{octets / 1_000_000:.1f} Mo".replace(".", ",")
