"""Filters on the town's graphic charter, which socle/charte/ knows; hash of an inline style."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from socle.charte.contrastes import defauts
from socle.charte.feuille import feuille, jetons_seuls


def csp_hash(style: str) -> str:
    """Source that lets exactly this inline style through a Content-Security-Policy."""
    digest = hashlib.sha256(style.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


class FilterModule:
    """Entry point that ansible-core looks for."""

    def filters(self) -> dict[str, Callable[..., object]]:
        return {
            "charter_faults": defauts,
            "charter_sheet": feuille,
            "charter_tokens": jetons_seuls,
            "csp_hash": csp_hash,
        }
