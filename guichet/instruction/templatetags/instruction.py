"""Template filters of the agents' pages."""

from __future__ import annotations

from django import template

from guichet.instruction import temps

register = template.Library()

register.filter("age", temps.age)
register.filter("duree", temps.duree)
