"""Template filters of the residents' pages."""

from __future__ import annotations

from django import template
from django.urls import reverse

from guichet.demandes import dates, typographie
from guichet.demandes.models import Complement, Demande

register = template.Library()

register.filter("jour", dates.jour)
register.filter("jour_et_heure", dates.jour_et_heure)
register.filter("insecables", typographie.insecables)


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


@register.filter
def lien_demande(demande: Demande) -> str:
    """Address of a request's page."""
    return reverse("portail:demande", args=[demande.reference])


@register.filter
def attendu(manquants: list[Complement]) -> str:
    """What is waited for, in a line: « Justificatif de domicile, avant le 3 mars 2027. »"""
    noms = ", ".join(complement.libelle for complement in manquants)
    limite = max((c.limite_le for c in manquants if c.limite_le), default=None)
    return f"{noms}, avant le {dates.jour(limite)}." if limite else f"{noms}."
