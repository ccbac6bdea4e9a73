"""Template filters of the agents' pages."""

from __future__ import annotations

from django import template

from guichet.demandes import dates, typographie
from guichet.instruction import selectors, temps

register = template.Library()

register.filter("chiffres", selectors.en_chiffres)
register.filter("age", temps.age)
register.filter("duree", temps.duree)
register.filter("jour", dates.jour)
register.filter("jour_et_heure", dates.jour_et_heure)
register.filter("insecables", typographie.insecables)


@register.filter
def taille_fichier(octets: int) -> str:
    """« 340 Ko », « 2,4 Mo »."""
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))} Ko"
    return f"{octets / 1_000_000:.1f} Mo".replace(".", ",")
