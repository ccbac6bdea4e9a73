"""A real browser over the live server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
REGLES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
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
    assert page.evaluate("document.documentElement.scrollWidth") <= largeur, (
        adresse,
        page.evaluate(DEBORDENT, largeur),
    )
    if not axe:
        return
    violations = Axe().run(page, options=REGLES).response["violations"]
    assert not violations, f"{adresse} à {largeur} px : {json.dumps(violations, ensure_ascii=False)[:2000]}"
