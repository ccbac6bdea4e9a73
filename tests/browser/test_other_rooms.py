"""The other rooms of the platform: password reset, second factor, supervision, editing."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Platform, SecondFactors
from tests.browser.guard import Guard
from tests.browser.pages_guichet import (
    Resident,
    agent_signs_in,
    go_to_agents_sign_in,
    link_in,
    resident_signs_in,
    sign_up,
)
from tests.browser.pages_idp import ask_new_password, choose_new_password, sign_in


def agent(platform: Platform) -> str:
    return f"alice.martin@{platform.variables['gru_domain']}"


def test_a_forgotten_password_is_chosen_again_by_mail(
    platform: Platform, new_person: Callable[..., BrowserContext]
) -> None:
    page = new_person().pages[0]
    guard = Guard(page, platform.origins)
    resident = Resident.new(platform.variables["gru_domain"])
    sign_up(platform, page, guard, resident)
    page.goto(platform.url("portal", "/connexion/?next=/mes-demarches/"))
    ask_new_password(page, resident.email)
    guard.check("mot-de-passe-oublie")
    mail = platform.wait_for_mail(resident.email, "[Mm]ot de passe.*")
    if "resetpwd" not in mail:
        mail = platform.wait_for_mail(resident.email, "nouveau|oubli|Réinitial|Changer")
    assert resident.password not in mail
    page.goto(link_in(mail, "/resetpwd"))
    guard.check("nouveau-mot-de-passe")
    changed = f"Tilleul-{secrets.token_hex(6)}-7"
    choose_new_password(page, changed)
    resident_signs_in(platform, page, guard, resident.email, changed)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes démarches")


def test_the_dashboard_opens_to_supervisors_only(
    platform: Platform, new_person: Callable[..., BrowserContext], totp: SecondFactors
) -> None:
    page = new_person().pages[0]
    guard = Guard(page, platform.origins)
    login = agent(platform)
    totp[login] = agent_signs_in(platform, page, login, totp.get(login))
    page.goto(platform.url("monitoring"))
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Portail")
    page.wait_for_load_state("networkidle")
    guard.check("supervision")
    page.goto(platform.url("monitoring", "/etat"))
    guard.check("supervision-etat")

    resident = new_person().pages[0]
    resident.goto(platform.url("monitoring"))
    sign_in(resident, f"camille.durand@{platform.variables['gru_domain']}", platform.demo_password)
    resident.wait_for_load_state()
    assert not resident.url.startswith(platform.url("monitoring"))


def test_an_editor_finds_a_site_already_filled(
    platform: Platform, new_person: Callable[..., BrowserContext], totp: SecondFactors
) -> None:
    page = new_person().pages[0]
    login = agent(platform)
    totp[login] = agent_signs_in(platform, page, login, totp.get(login))
    foreign: list[str] = []
    page.on(
        "request",
        lambda request: None if platform.url("processing", "") in request.url else foreign.append(request.url),
    )
    page.goto(platform.url("processing", "/redaction/"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.goto(platform.url("processing", "/redaction/pages/"))
    page.get_by_role("link", name=re.compile("Explorer les sous-pages")).first.click()
    expect(page.locator("body")).to_contain_text("Mentions légales")
    page.wait_for_load_state("networkidle")
    assert not [url for url in foreign if not url.startswith(("data:", "blob:"))]


def test_a_second_factor_is_asked_at_each_sign_in(
    platform: Platform, new_person: Callable[..., BrowserContext], totp: SecondFactors
) -> None:
    login = agent(platform)
    if login not in totp:
        totp[login] = agent_signs_in(platform, new_person().pages[0], login, None)
    page = new_person().pages[0]
    guard = Guard(page, platform.origins)
    go_to_agents_sign_in(platform, page)
    sign_in(page, login, platform.demo_password)
    expect(page.get_by_label("Code à six chiffres")).to_be_visible()
    guard.check("second-facteur")
    page.goto(platform.url("processing", "/demandes/"))
    expect(page.locator("table.demandes")).to_have_count(0)
