"""Filters of the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def moment(valeur: datetime | None) -> str:
    """« mardi 24 novembre 2026 à 18 h 30 »."""
    if valeur is None:
        return ""
    locale = timezone.localtime(valeur)
    minutes = f" {locale.minute:02d}" if locale.minute else ""
    return f"{date_format(locale, 'l j F Y')} à {locale.hour} h{minutes}"


@register.filter
def heure(valeur: datetime) -> str:
    """« 18 h 05 »."""
    locale = timezone.localtime(valeur)
    return f"{locale.hour} h {locale.minute:02d}"


@register.filter
def jour(valeur: date | datetime | None) -> str:
    """« 24 novembre 2026 », and « 1er »."""
    if valeur is None:
        return ""
    locale = timezone.localtime(valeur) if isinstance(valeur, datetime) else valeur
    return date_format(locale, "j F Y").replace("1 ", "1er ", 1) if locale.day == 1 else date_format(locale, "j F Y")


@register.filter
def pourcent(part: float | None) -> str:
    """0.0909 as « 9,1 % »."""
    return "" if part is None else f"{100 * part:.1f} %".replace(".", ",")


@register.filter
def pluriel(nombre: int, mots: str) -> str:
    """`{{ 3|pluriel:"avis,avis" }}`: number and word together."""
    un, plusieurs = mots.split(",")
    return f"{nombre} {un if abs(nombre) < 2 else plusieurs}".replace(" ", "\u00a0", 1)


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
