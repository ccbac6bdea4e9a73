"""Three procedures of the town, on a telephone's width and on a desk's, by keyboard alone; one without JavaScript."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import Platform
from tests.browser.guard import NARROW, WIDE, Guard
from tests.browser.hands import Keyboard, Mouse
from tests.browser.pages_guichet import agent_signs_in, make_photo
from tests.browser.procedures import (
    Look,
    accept_and_close,
    ask_for_a_piece,
    civil_status_copy,
    open_as_agent,
    school_enrolment,
    sign_in_with,
    supply,
    tree_report,
)

AGENT = "denise.leroy@{domain}"
# Pages of the school's form that no other journey shows: a look at each costs two seconds.
NEW_PAGES = "enfant|autre-parent-nom|documents-a-joindre|verifier|vous|complete|close"
RESIDENT = "camille.durand@{domain}"
SIZES = [pytest.param(NARROW, id="320"), pytest.param(WIDE, id="1280")]


@pytest.fixture
def email(platform: Platform) -> str:
    return f"zoe.{secrets.token_hex(4)}@{platform.variables['gru_domain']}"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return make_photo(tmp_path / "photo.jpg")


def sized(page: Page, size: ViewportSize, guard: Guard | None, prefix: str, only: str = "") -> Look:
    """Look at a page (those whose name `only` matches) with the guard, then go back to the journey's own width."""
    page.set_viewport_size(size)

    def look(name: str) -> None:
        if guard is not None and re.search(only, name):
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


@pytest.mark.parametrize("size", SIZES)
def test_a_school_enrolment_lives_from_its_form_to_its_certificate(
    platform: Platform,
    new_person: Callable[..., BrowserContext],
    size: ViewportSize,
    email: str,
    photo: Path,
    totp: dict[str, str],
) -> None:
    """Filed by keyboard, a piece asked and given, accepted, closed: with account, groups, conditional pages, files."""
    domain = platform.variables["gru_domain"]
    at_home = new_person().pages[0]
    home = Keyboard(at_home)
    guard = Guard(at_home, platform.origins) if size == NARROW else None
    look = sized(at_home, size, guard, "ecole", NEW_PAGES)
    sign_in_with(platform, home, RESIDENT.format(domain=domain), platform.demo_password)
    receipt = school_enrolment(platform, home, photo, email, look)
    assert receipt.code is None
    _acknowledged_in_pdf(platform, at_home, receipt.reference)
    platform.wait_for_mail(email, f"{receipt.reference}|reçu")

    at_work = new_person().pages[0]
    work = Keyboard(at_work) if size == WIDE else Mouse(at_work)
    agent_guard = Guard(at_work, platform.origins) if size == WIDE else None
    agent_look = sized(at_work, WIDE, agent_guard, "agents-ecole")
    login = AGENT.format(domain=domain)
    totp[login] = agent_signs_in(platform, at_work, login, totp.get(login))
    open_as_agent(work, platform, receipt.reference, agent_look)
    ask_for_a_piece(work, "Votre pièce d'identité", "La photo est coupée. Envoyez le document entier.", agent_look)

    platform.wait_for_mail(email, "manque|attend|document|complét")
    at_home.goto(platform.url("portal", "/mes-demarches/"))
    expect(at_home.get_by_text("À vous").first).to_be_visible()
    at_home.goto(platform.url("portal", f"/mes-demarches/{receipt.reference}/"))
    supply(home, "Votre pièce d'identité", photo, look)

    open_as_agent(work, platform, receipt.reference)
    certificate = photo.with_name("certificat.jpg")
    shutil.copy(photo, certificate)
    accept_and_close(work, "Inscription acceptée", certificate, agent_look)
    at_home.goto(platform.url("portal", f"/mes-demarches/{receipt.reference}/"))
    expect(at_home.locator("body")).to_contain_text("L'inscription est acceptée.")
    expect(at_home.locator("body")).to_contain_text("certificat.jpg")
    expect(at_home.locator("body")).to_contain_text("Terminée")
    look("close")


def _acknowledged_in_pdf(platform: Platform, page: Page, reference: str) -> None:
    """As the page's own link would fetch it: Playwright's client does not know the stack's authority."""
    address = platform.url("portal", f"/mes-demarches/{reference}/accuse.pdf")
    status, kind, beginning = page.evaluate(
        """async address => {
          const answer = await fetch(address);
          const bytes = new Uint8Array(await answer.arrayBuffer());
          return [answer.status, answer.headers.get('content-type'), String.fromCharCode(...bytes.slice(0, 4))];
        }""",
        address,
    )
    assert (status, kind, beginning) == (200, "application/pdf", "%PDF")
