"""Filters of French typography: `{% load typographie %}`. Nothing to say gives nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

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


@register.filter(needs_autoescape=True)
def telephones(texte: str, autoescape: bool = True) -> SafeString:
    """The words of a town, whose telephone numbers can be called at a touch."""
    return mark_safe(espaces.lier_telephones(conditional_escape(texte) if autoescape else texte))  # noqa: S308


@register.filter
def tel(numero: str) -> str:
    """A telephone number as a link wants it."""
    return "".join(c for c in numero if c.isdigit() or c == "+")


@register.tag
def typographie(parser: Parser, token: Token) -> template.Node:
    """`{% typographie %}…{% endtypographie %}`: no-break spaces in all the words of a page, whoever wrote them."""
    del token
    contenu = parser.parse(("endtypographie",))
    parser.delete_first_token()
    return _Typographie(contenu)


class _Typographie(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist  # the name by which Django finds the blocks inside

    def render(self, context: Context) -> SafeString:
        """Django's hook: the page inside, already escaped, with other spaces only."""
        return mark_safe(espaces.insecables_de_page(self.nodelist.render(context)))  # noqa: S308
