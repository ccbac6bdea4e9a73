"""Kinds of field: one module a kind or a family. A module put here is found; nothing else lists it."""

from importlib import import_module
from pkgutil import iter_modules

from guichet.questions.adaptateur import adaptateur_de, inventer

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["adaptateur_de", "inventer"]
