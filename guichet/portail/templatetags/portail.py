"""Template filters of the residents' pages."""

from __future__ import annotations

from django import template
from django.urls import reverse

from guichet.demandes.models import Complement, Demande
from socle.typographie import dates

register = template.Library()


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
