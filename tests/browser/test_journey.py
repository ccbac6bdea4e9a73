"""From a resident's click to an agent's answer, and back, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Platform
from tests.browser.guard import Guard
from tests.browser.pages_guichet import (
    Resident,
    agent_signs_in,
    file_report,
    go_to_agents_sign_in,
    make_photo,
    resident_signs_in,
    sign_up,
)

AGENT = "alice.martin@{domain}"


@pytest.fixture
def resident(platform: Platform) -> Resident:
    return Resident.new(platform.variables["gru_domain"])


def watched(context: BrowserContext, platform: Platform) -> tuple[Page, Guard]:
    page = context.pages[0]
    return page, Guard(page, platform.origins)


def test_a_report_is_filed_answered_and_followed(
    platform: Platform,
    new_person: Callable[..., BrowserContext],
    resident: Resident,
    tmp_path: Path,
    totp: dict[str, str],
) -> None:
    at_home, guard = watched(new_person(), platform)
    at_home.goto(platform.url("portal"))
    guard.check("accueil")
    at_home.goto(platform.url("portal", "/demarches/"))
    guard.check("catalogue")
    sign_up(platform, at_home, guard, resident)
    resident_signs_in(platform, at_home, guard, resident.email, resident.password)
    guard.check("mes-demarches-vide")

    receipt = file_report(platform, at_home, guard, make_photo(tmp_path / "trou.jpg"))
    acknowledgement = platform.wait_for_mail(resident.email, f"{receipt.reference}|reçu")
    for words in (receipt.reference, "Reçue le", "01 99 00 00 10"):
        assert words in acknowledgement, acknowledgement

    at_work, agent_guard = watched(new_person(), platform)
    login = AGENT.format(domain=platform.variables["gru_domain"])
    totp[login] = agent_signs_in(platform, at_work, login, totp.get(login))
    agent_guard.check("agents-accueil")
    at_work.locator("input[name=q]").fill(receipt.reference)
    at_work.get_by_role("button", name="Chercher").click()
    agent_guard.check("agents-liste")
    at_work.get_by_role("link", name="Signaler un problème de voirie").first.click()
    agent_guard.check("agents-demande")
    photo = at_work.get_by_role("img", name="trou.jpg").first
    expect(photo).to_be_visible()
    expect(photo).to_have_js_property("complete", True)
    assert photo.evaluate("image => image.naturalWidth") > 0
    at_work.get_by_role("button", name="Prendre en charge").click()
    expect(at_work.locator("body")).to_contain_text("en charge")
    at_work.get_by_role("link", name="Répondre").click()
    agent_guard.check("agents-repondre")
    at_work.locator("textarea").fill("Nous réparons jeudi matin.")
    at_work.get_by_role("button", name="Envoyer la réponse").click()
    expect(at_work.locator("body")).to_contain_text("Votre réponse est envoyée")

    platform.wait_for_mail(resident.email, "répon|répond")
    at_home.goto(platform.url("portal", "/mes-demarches/"))
    guard.check("mes-demarches")
    at_home.get_by_role("link", name="Signaler un problème de voirie").first.click()
    expect(at_home.locator("body")).to_contain_text("Nous réparons jeudi matin.")
    guard.check("demande-repondue")
    at_home.locator("textarea").fill("Merci, prévenez aussi l'école.")
    at_home.get_by_role("button", name="Envoyer mon message").click()
    expect(at_home.locator("body")).to_contain_text("Merci, prévenez aussi l'école.")

    at_work.goto(platform.url("processing", f"/demandes/{receipt.reference}/"))
    expect(at_work.locator("body")).to_contain_text("Merci, prévenez aussi l'école.")
    at_work.get_by_text("Autres actions").click()
    at_work.get_by_role("link", name="Clore").click()
    agent_guard.check("agents-clore")
    at_work.locator("textarea").fill("Le trou est rebouché.")
    at_work.get_by_role("button", name="Clore le signalement").click()
    expect(at_work.locator("body")).to_contain_text("La demande est close")
    agent_guard.check("agents-close")

    at_home.reload()
    expect(at_home.locator("body")).to_contain_text("Le trou est rebouché.")
    guard.check("demande-close")
    at_home.get_by_role("link", name="Se déconnecter").click()
    at_home.get_by_role("button", name="Me déconnecter").click()
    at_home.goto(platform.url("portal", "/mes-demarches/"))
    expect(at_home.get_by_role("link", name="Me connecter")).to_be_visible()


def test_without_account_a_code_opens_the_request(
    platform: Platform, new_person: Callable[..., BrowserContext]
) -> None:
    page, guard = watched(new_person(java_script_enabled=True), platform)
    receipt = file_report(platform, page, None, None)
    assert receipt.code

    elsewhere, guard = watched(new_person(), platform)
    elsewhere.goto(platform.url("portal", "/suivi/"))
    guard.check("suivi")
    elsewhere.locator("input[name=reference]").fill(receipt.reference.lower())
    elsewhere.locator("input[name=code]").fill("AAAA-AAAA")
    elsewhere.get_by_role("button", name="Ouvrir ma demande").click()
    assert elsewhere.title().startswith("Erreur")
    guard.check("suivi-erreur")
    elsewhere.locator("input[name=reference]").fill(receipt.reference)
    elsewhere.locator("input[name=code]").fill(receipt.code)
    elsewhere.get_by_role("button", name="Ouvrir ma demande").click()
    expect(elsewhere.locator("body")).to_contain_text(receipt.reference)
    guard.check("suivi-demande")


def test_the_report_works_without_javascript(
    platform: Platform, new_person: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = new_person(java_script_enabled=False).pages[0]
    assert file_report(platform, page, None, make_photo(tmp_path / "photo.jpg")).reference


def test_an_agent_of_another_service_does_not_see_the_request(
    platform: Platform, new_person: Callable[..., BrowserContext], totp: dict[str, str]
) -> None:
    at_home = new_person().pages[0]
    receipt = file_report(platform, at_home, None, None)
    at_work, guard = watched(new_person(), platform)
    login = f"bruno.petit@{platform.variables['gru_domain']}"
    totp[login] = agent_signs_in(platform, at_work, login, totp.get(login))
    expect(at_work.locator("body")).not_to_contain_text(receipt.reference)
    response = at_work.goto(platform.url("processing", f"/demandes/{receipt.reference}/"))
    assert response is not None
    assert response.status in (403, 404)
    guard.console.clear()  # Chromium reports the refused page itself as a console error.
    guard.check("agents-introuvable")


def test_a_resident_never_enters_the_agents_site(platform: Platform, new_person: Callable[..., BrowserContext]) -> None:
    page, guard = watched(new_person(), platform)
    resident_signs_in(
        platform, page, guard, f"camille.durand@{platform.variables['gru_domain']}", platform.demo_password
    )
    go_to_agents_sign_in(platform, page)
    expect(page.locator("nav[aria-label='Menu principal']").get_by_text("Demandes")).to_have_count(0)
    assert page.url != platform.url("processing", "/")
