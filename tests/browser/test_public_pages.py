"""Every address of the portal that links lead to is sound: the guard looks at each once, signed out then signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from tests.browser.conftest import Platform
from tests.browser.guard import Guard
from tests.browser.pages_guichet import resident_signs_in

PAGES_MAX = 70
# What differs from one request, form or page to the next; one of each is enough.
_VARIES = re.compile(r"2\d{3}-\w{4}-\w{4}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/)\d+(?=/)")
# Ends the session, leaves for the identity provider, or gives a file.
_LEFT_ALONE = re.compile(r"/(deconnexion|connexion|oidc)/|/fichiers/|\.pdf$|/abandonner/")


def test_every_public_page_is_sound(platform: Platform, new_person: Callable[..., BrowserContext]) -> None:
    page = new_person().pages[0]
    seen = crawl(platform, page, Guard(page, platform.origins), "/", "public")
    for address in ("/demarches/", "/suivi/", "/mentions-legales/", "/accessibilite/"):
        assert address in seen, f"aucun lien ne mène à {address}"
    assert len([address for address in seen if re.fullmatch(r"/demarches/[\w-]+/", address)]) >= 12


def test_every_page_of_a_residents_space_is_sound(
    platform: Platform, new_person: Callable[..., BrowserContext]
) -> None:
    page = new_person().pages[0]
    guard = Guard(page, platform.origins)
    login = f"camille.durand@{platform.variables['gru_domain']}"
    resident_signs_in(platform, page, guard, login, platform.demo_password)
    seen = crawl(platform, page, guard, "/mes-demarches/", "espace", within="/mes-demarches/|/compte/|/preferences/")
    assert "/mes-demarches/" in seen


def crawl(platform: Platform, page: Page, guard: Guard, start: str, prefix: str, within: str = "/") -> dict[str, str]:
    """Follow the links of the portal, one page of each kind; returns the kinds and where each was seen."""
    waiting: list[str] = [start]
    seen: dict[str, str] = {}
    while waiting and len(seen) < PAGES_MAX:
        address = waiting.pop(0)
        kind = _VARIES.sub("…", address)
        if kind in seen:
            continue
        seen[kind] = address
        try:
            answer = page.goto(platform.url("portal", address))
        except PlaywrightError as error:
            if "Download" not in str(error):
                raise
            continue
        assert answer is not None
        assert answer.status == 200, f"{address} : {answer.status}"
        if not page.url.startswith(platform.url("portal", "/")):
            continue  # the identity provider's page, which has its own tests
        guard.check(f"{prefix}-{len(seen)}")
        for link in page.locator("a[href]").evaluate_all("links => links.map(a => a.href)"):
            parts = urlsplit(link)
            same = f"{parts.scheme}://{parts.netloc}" == platform.url("portal", "")
            if same and re.match(within, parts.path) and not _LEFT_ALONE.search(parts.path):
                waiting.append(parts.path)
    return seen
