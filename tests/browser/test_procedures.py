"""Three procedures of the town, on a telephone's width and on a desk's, by keyboard alone; one without JavaScript."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import Platform
from tests.browser.guard import NARROW, WIDE, Guard
from tests.browser.hands import Keyboard, Mouse
from tests.browser.pages_guichet import make_photo
from tests.browser.procedures import Look, civil_status_copy, tree_report

SIZES = [pytest.param(NARROW, id="320"), pytest.param(WIDE, id="1280")]


@pytest.fixture
def email(platform: Platform) -> str:
    return f"zoe.{secrets.token_hex(4)}@{platform.variables['gru_domain']}"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return make_photo(tmp_path / "photo.jpg")


def sized(page: Page, size: ViewportSize, guard: Guard | None, prefix: str) -> Look:
    """Look at a page with the guard, then go back to the journey's own width."""
    page.set_viewport_size(size)

    def look(name: str) -> None:
        if guard is not None:
            guard.check(f"{prefix}-{name}")
            page.set_viewport_size(size)

    return look


@pytest.mark.parametrize("size", SIZES)
def test_a_civil_status_copy_needs_no_account_and_no_pointer(
    platform: Platform, new_person: Callable[..., BrowserContext], size: ViewportSize, email: str, photo: Path
) -> None:
    page = new_person().pages[0]
    guard = Guard(page, platform.origins) if size == NARROW else None
    receipt = civil_status_copy(platform, Keyboard(page), photo, email, sized(page, size, guard, "acte"))
    assert receipt.code
    acknowledgement = platform.wait_for_mail(email, f"{receipt.reference}|reçu")
    for words in (receipt.reference, "procureur de la République", "01 99 00 00 20"):
        assert words in acknowledgement, acknowledgement


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_is_reported_by_keyboard(
    platform: Platform, new_person: Callable[..., BrowserContext], size: ViewportSize, email: str, photo: Path
) -> None:
    page = new_person().pages[0]
    guard = Guard(page, platform.origins) if size == NARROW else None
    receipt = tree_report(platform, Keyboard(page), photo, email, sized(page, size, guard, "arbre"))
    assert receipt.code
    page.get_by_role("link", name="Suivre ma demande").click()
    expect(page.locator("body")).to_contain_text("Parc des Tilleuls")


def test_a_civil_status_copy_works_without_javascript(
    platform: Platform, new_person: Callable[..., BrowserContext], email: str, photo: Path
) -> None:
    page = new_person(java_script_enabled=False).pages[0]
    receipt = civil_status_copy(platform, Mouse(page), photo, email)
    assert receipt.reference
    assert receipt.code
