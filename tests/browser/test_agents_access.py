"""An agent's access, from the command that opens it to the one that shuts it at the next click."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Platform
from tests.browser.guard import Guard
from tests.browser.pages_guichet import agent_signs_in, go_to_agents_sign_in, link_in
from tests.browser.pages_idp import choose_new_password, sign_in


def test_an_agent_enters_by_invitation_and_a_suspended_one_is_out_at_the_next_click(
    platform: Platform, new_person: Callable[..., BrowserContext]
) -> None:
    mark = secrets.token_hex(4)
    mail = f"paul.{mark}@{platform.variables['gru_domain']}"
    password = f"Noisetier-{secrets.token_hex(6)}-3"
    who = ("--given-name", "Paul", "--family-name", f"Henry {mark}")
    platform.gru("agents invite", mail, *who, "--service", "voirie")
    invitation = platform.wait_for_mail(mail, "Votre accès à l'espace des agents")
    page = new_person().pages[0]
    guard = Guard(page, platform.origins)

    # What the mail says, done as it says it.
    page.goto(link_in(invitation, "/resetpwd"))
    page.get_by_label("Adresse e-mail").fill(mail)
    page.get_by_role("button", name="Recevoir le lien").click()
    page.goto(link_in(platform.wait_for_mail(mail, "[Mm]ot de passe"), "/resetpwd"))
    choose_new_password(page, password)
    agent_signs_in(platform, page, mail, None, password)
    guard.check("agent-invite")
    expect(page.get_by_role("link", name="Se déconnecter")).to_be_visible()

    platform.gru("agents suspend", mail)
    page.goto(platform.url("processing", "/demandes/"))
    expect(page.locator("form#connexion")).to_be_visible()
    sign_in(page, mail, password)
    expect(page.locator("form#connexion")).to_be_visible()
    listed = json.loads(platform.gru("agents list", "--json"))
    assert [(one["services"], one["suspended"]) for one in listed if one["mail"] == mail] == [(["voirie"], True)]

    platform.gru("agents reinstate", mail)
    go_to_agents_sign_in(platform, page)
    sign_in(page, mail, password)
    expect(page.get_by_label("Code à six chiffres")).to_be_visible()
    platform.gru("agents suspend", mail)
