"""A real browser over the live server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.accessibility import WITH_GOOD_PRACTICE, violations

CHROMIUM = "/usr/bin/chromium"
expect.set_options(timeout=20_000)  # as long as an act may take: other suites run beside
sans_chromium = pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="Chromium manque : apt-get install chromium")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread
    with sync_playwright() as outil:
        navigateur = outil.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield navigateur
        navigateur.close()


DEBORDENT = """largeur => [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > largeur + 1)
    .slice(-3).map(e => e.outerHTML.slice(0, 300))"""
"""What goes beyond the width, innermost last: told when a page does not hold."""


def verifier(page: Page, largeur: int, adresse: str, axe: bool = True) -> None:
    """No sideways scroll; accessible (`axe` False where the same page was already looked at in another width)."""
    page.wait_for_load_state()  # a click returns before the page that it opens is whole
    assert page.evaluate("document.documentElement.scrollWidth") <= largeur, (
        adresse,
        page.evaluate(DEBORDENT, largeur),
    )
    if not axe:
        return
    fautes = violations(page, rules=WITH_GOOD_PRACTICE)
    assert not fautes, f"{adresse} à {largeur} px : {json.dumps(fautes, ensure_ascii=False)[:2000]}"
