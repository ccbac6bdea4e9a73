"""What axe-core finds to say about a page, once the page is whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
"""Levels A and AA, which the RGAA follows."""
WITH_GOOD_PRACTICE = (*WCAG, "best-practice")


def violations(page: Page, *, rules: Sequence[str] = WCAG, within: str | None = None) -> list[dict[str, Any]]:
    """Violations of the rules named by their tags, in the whole page or `within` a selector.

    A click returns as soon as the page that it opens begins: half of it has neither heading nor landmark, so the end of
    its loading is awaited.
    """
    page.wait_for_load_state()
    results = Axe().run(page, context=within, options={"runOnly": list(rules)})
    found: list[dict[str, Any]] = results.response["violations"]
    return found
