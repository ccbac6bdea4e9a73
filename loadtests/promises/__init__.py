"""What a platform promises: one class a kind, in modules that each hold one idea.

A new kind is a class here, a line in `slo.yaml` and a test: classes of the package's modules are found, not listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from operator import or_
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Discriminator, Tag

from loadtests.promises.promise import Evidence, Promise

__all__ = ["KINDS", "AnyPromise", "Evidence", "Promise"]


def _kinds() -> Iterator[tuple[str, type[Promise]]]:
    """Each class that says its `type`, by that word."""
    below = Promise.__subclasses__()
    for kind in below:
        below += kind.__subclasses__()
        if "type" in kind.model_fields:
            yield str(kind.model_fields["type"].default), kind


def _type_of(content: Any) -> Any:
    return content.get("type") if isinstance(content, dict) else getattr(content, "type", None)


for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

KINDS: dict[str, type[Promise]] = dict(sorted(_kinds()))
"""Class of each word that `slo.yaml` may give as `type`."""

if TYPE_CHECKING:
    AnyPromise = Promise
else:
    AnyPromise = Annotated[
        reduce(or_, (Annotated[kind, Tag(word)] for word, kind in KINDS.items())),
        Discriminator(
            _type_of,
            custom_error_type="type_de_promesse",
            custom_error_message=f"le type de promesse manque ou est inconnu ; types : {', '.join(KINDS)}",
        ),
    ]
