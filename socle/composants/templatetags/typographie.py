"""Filters of French typography: `{% load typographie %}`. Nothing to say gives nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import template

from socle.typographie import dates, espaces, nombres

register = template.Library()


def _dire(filtre: Callable[[Any], str]) -> Callable[[date | None], str]:
    """The function as a filter: an empty date is an empty text."""
    return lambda valeur: "" if valeur in {None, ""} else filtre(valeur)


register.filter("jour", _dire(dates.jour))
register.filter("jour_du_mois", _dire(dates.jour_du_mois))
register.filter("mois", _dire(dates.mois))
register.filter("heure", _dire(dates.heure))
register.filter("jour_et_heure", _dire(dates.jour_et_heure))
register.filter("moment", _dire(dates.moment))
register.filter("nombre", nombres.nombre)
register.filter("taille", nombres.taille)
register.filter("insecables", espaces.insecables)
register.filter("de", espaces.de)
register.filter("a", espaces.a)


@register.filter
def pourcent(part: float | Decimal | None) -> str:
    """0.0909 as « 9,1 % »."""
    return "" if part is None else nombres.pourcent(part)


@register.filter
def pluriel(nombre: int, mots: str) -> str:
    """`{{ 3|pluriel:"avis,avis" }}`: number and word together."""
    return nombres.compte(nombre, *mots.split(","))


@register.filter
def tel(numero: str) -> str:
    """A telephone number as a link wants it."""
    return "".join(c for c in numero if c.isdigit() or c == "+")
