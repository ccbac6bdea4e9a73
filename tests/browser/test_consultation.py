"""The team that listens to users signs in through the town's identity provider; residents need no account."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Platform
from tests.browser.guard import Guard
from tests.browser.pages_ecoute import (
    announce,
    approve_sheet,
    create_dossier,
    give_opinion,
    member_signs_in,
    open_participation,
)
from tests.browser.pages_idp import Identity, choose_franceconnect, sign_in


@pytest.fixture(autouse=True)
def _carried(platform: Platform) -> None:
    if "consultation" not in platform.variables["gru_function_hosts"]:
        pytest.skip("ce site ne porte pas la consultation")


def watched(context: BrowserContext, platform: Platform) -> tuple[Page, Guard]:
    page = context.pages[0]
    return page, Guard(page, platform.origins)


def address(platform: Platform, name: str) -> str:
    return f"{name}@{platform.variables['gru_domain']}"


def test_a_member_publishes_and_a_resident_gives_an_opinion(
    platform: Platform, new_person: Callable[..., BrowserContext], totp: dict[str, str]
) -> None:
    at_work, guard = watched(new_person(), platform)
    leader = address(platform, "fanny.moreau")
    totp[leader] = member_signs_in(platform, at_work, leader, totp.get(leader))
    guard.check("ecoute-a-faire")
    title = f"Inscrire son enfant à l'école {secrets.token_hex(3)}"
    slug = create_dossier(at_work, title)
    here = platform.url("consultation", f"/equipe/dossiers/{slug}/")
    announce(at_work, here)
    guard.check("ecoute-annonce")

    officer, officer_guard = watched(new_person(), platform)
    dpo = address(platform, "gilles.robert")
    totp[dpo] = member_signs_in(platform, officer, dpo, totp.get(dpo))
    approve_sheet(officer, here)
    officer_guard.check("ecoute-fiche-approuvee")
    # The officer approves and reads; leading is not theirs.
    answer = officer.goto(platform.url("consultation", "/equipe/comptes/"))
    assert answer is not None
    assert answer.status == 403

    open_participation(at_work, here)
    guard.check("ecoute-ouvert")
    at_work.goto(platform.url("consultation", "/equipe/comptes/"))
    expect(at_work.locator("main")).to_contain_text("Gilles Robert")
    guard.check("ecoute-equipe")

    # A resident, on a phone, without an account.
    phone, phone_guard = watched(new_person(), platform)
    phone.goto(platform.url("consultation", "/"))
    phone_guard.check("ecoute-public-accueil")
    phone.get_by_role("link", name=title).first.click()
    expect(phone.locator("main")).to_contain_text("Les familles")
    phone_guard.check("ecoute-public-consultation")
    give_opinion(phone, "On m'a demandé trois fois le même justificatif.")
    phone_guard.check("ecoute-public-merci")

    at_work.goto(f"{here}avis/")
    expect(at_work.locator("main")).to_contain_text("trois fois le même justificatif")

    # Signing out leaves the identity provider too: coming back asks for the password again.
    at_work.goto(platform.url("consultation", "/equipe/mon-compte/"))
    guard.check("ecoute-mon-compte")
    at_work.get_by_role("button", name="Se déconnecter").click()
    at_work.wait_for_url(platform.url("consultation", "/equipe/deconnecte/"))
    guard.check("ecoute-deconnecte")
    at_work.get_by_role("link", name="Se connecter à nouveau").click()
    expect(at_work.get_by_label("Mot de passe")).to_be_visible()


@pytest.mark.parametrize("sub", ["fc-simule-ecoute", "fanny.moreau"])
def test_a_residents_identity_never_enters_the_teams_space(
    platform: Platform, new_person: Callable[..., BrowserContext], sub: str
) -> None:
    page = new_person().pages[0]
    page.goto(platform.url("consultation", "/equipe/connexion/"))
    identity = Identity(sub=sub, given_name="Fanny", family_name="Moreau", email=address(platform, "fanny.moreau"))
    choose_franceconnect(page, identity)
    page.wait_for_load_state()
    page.goto(platform.url("consultation", "/equipe/"))
    assert "À faire" not in page.inner_text("body")
    assert page.get_by_role("link", name="Fanny Moreau").count() == 0


def test_an_agent_outside_the_team_does_not_enter(
    platform: Platform, new_person: Callable[..., BrowserContext]
) -> None:
    page = new_person().pages[0]
    page.goto(platform.url("consultation", "/equipe/"))
    sign_in(page, address(platform, "camille.durand"), platform.demo_password)
    page.wait_for_load_state()
    page.goto(platform.url("consultation", "/equipe/dossiers/"))
    assert page.get_by_role("link", name="Mon compte").count() == 0
    assert "Dossiers" not in page.inner_text("body")
