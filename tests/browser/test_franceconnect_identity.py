"""An identity from outside never becomes an agent's, whatever e-mail it asserts (DESIGN.md section 7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Platform
from tests.browser.pages_idp import Identity, choose_franceconnect


def claim(platform: Platform, page: Page, brick: str, identity: Identity) -> None:
    page.goto(platform.url(brick, "/connexion/"))
    choose_franceconnect(page, identity)
    page.wait_for_load_state()


@pytest.mark.parametrize("sub", ["fc-simule-1", "alice.martin"])
def test_franceconnect_asserting_an_agent_s_email_does_not_become_the_agent(
    platform: Platform, new_person: Callable[..., BrowserContext], sub: str
) -> None:
    page = new_person().pages[0]
    email = f"alice.martin@{platform.variables['gru_domain']}"
    identity = Identity(sub=sub, given_name="Alice", family_name="Martin", email=email)
    claim(platform, page, "processing", identity)
    page.goto(platform.url("processing", "/demandes/"))
    assert "Les demandes de vos services" not in page.inner_text("body")
    assert page.locator("table.demandes").count() == 0
    assert page.locator(".entete__qui").count() == 0


def test_franceconnect_identity_is_a_resident_of_its_own(
    platform: Platform, new_person: Callable[..., BrowserContext]
) -> None:
    page = new_person().pages[0]
    email = f"camille.durand@{platform.variables['gru_domain']}"
    claim(platform, page, "portal", Identity("fc-simule-2", "Camille", "Durand-Fc", email))
    page.goto(platform.url("portal", "/mes-demarches/"))
    text = page.inner_text("body")
    assert "Bonjour" in text
    assert "Durand-Fc" in text
