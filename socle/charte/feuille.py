"""The style sheet, from the tokens of a town's charte.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

GABARIT = Path(__file__).parent / "charte.css.j2"


def feuille(jetons: Mapping[str, Any]) -> str:
    """The sheet; `jetons`: couleurs, police, rayon, largeur. Raises jinja2.UndefinedError when one is missing."""
    # A style sheet is not HTML; its tokens are the town's own file.
    moteur = Environment(trim_blocks=True, keep_trailing_newline=True, autoescape=False, undefined=StrictUndefined)  # noqa: S701
    return moteur.from_string(GABARIT.read_text(encoding="utf-8")).render(charte=jetons)


def jetons_seuls(jetons: Mapping[str, Any]) -> str:
    """The variables of the sheet and no rule, for pages that keep a style of their own: its first block."""
    return feuille(jetons).partition("\n}\n")[0].partition(":root {")[2].join((":root {", "\n}\n"))
