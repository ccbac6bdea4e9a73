"""What must be true of every page a person meets: checked at once, on each page of a journey."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, ViewportSize

from tests.accessibility import violations

NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 900}
ARTEFACTS = Path(__file__).resolve().parent.parent / "artefacts"

_TEMPLATE_REMAINS = re.compile(r"\{\{|\{%|\bNone\b|\bundefined\b")


@dataclass
class Guard:
    """Watches one browser page; `check` judges the page as it stands now."""

    page: Page
    origins: frozenset[str]
    foreign: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._on_request)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.console.append(str(error)))

    def check(self, name: str) -> None:
        """Fail unless the page has one h1, a title, French, labels, no foreign request, no error, no overflow.

        `name` names its screenshots.
        """
        page = self.page
        page.wait_for_load_state()  # a click returns before the page that it opens is whole
        assert page.locator("h1").count() == 1, f"{page.url} : {page.locator('h1').count()} titres h1"
        assert page.title().strip(), f"{page.url} : pas de titre"
        assert (page.locator("html").get_attribute("lang") or "").startswith("fr"), page.url
        assert not (found := _TEMPLATE_REMAINS.search(page.inner_text("body"))), f"{page.url} : {found}"
        assert not self.foreign, f"requêtes vers d'autres origines : {self.foreign}"
        assert not self.console, f"{page.url} : erreurs de console : {self.console}"
        self._check_widths(name)
        self._check_accessibility()

    def _check_widths(self, name: str) -> None:
        for label, size in (("large", WIDE), ("320", NARROW)):
            self.page.set_viewport_size(size)
            if os.environ.get("GRU_SCREENSHOTS"):
                ARTEFACTS.mkdir(exist_ok=True)
                self.page.screenshot(path=ARTEFACTS / f"{name}-{label}.png", full_page=True)
        overflow = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"{self.page.url} : déborde de {overflow} px à 320 px de large"

    def _check_accessibility(self) -> None:
        for size in (NARROW, WIDE):
            self.page.set_viewport_size(size)
            told = [
                f"{v['id']} : {v['help']} ({'; '.join(n['html'][:160] for n in v['nodes'][:3])})"
                for v in violations(self.page)
            ]
            assert not told, f"{self.page.url} à {size['width']} px :\n" + "\n".join(told)

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("data", "blob", "about"):
            return
        # Going to the identity provider and back is navigation; what a page itself loads stays at its origin.
        if request.is_navigation_request():
            if f"{parts.scheme}://{parts.netloc}" not in self.origins:
                self.foreign.append(request.url)
            return
        page = urlsplit(request.frame.url)
        if page.netloc and parts.netloc != page.netloc:
            self.foreign.append(f"{request.url} (depuis {page.netloc})")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console.append(message.text)
