"""What journeys choose on the pages they are shown."""

from __future__ import annotations

import random
from typing import cast

import pytest

from loadtests.browser import Browser, JourneyFailed, NotOffered, Page
from loadtests.journeys.agents import AgentAtWork
from loadtests.journeys.residents import begin
from loadtests.journeys.visit import Visit
from loadtests.people import AgentAccount, Resident
from loadtests.plan import AgentsPlan

PROCEDURE = "/demarches/inscrire-un-enfant/"
DRAFT = f'<a class="bouton" href="{PROCEDURE}remplir/6f0c/verifier/">Reprendre</a>'
ANOTHER = f'<a class="bouton" href="{PROCEDURE}remplir/">Commencer une autre demande</a>'


class Shown:
    """A browser that is shown these pages and no other."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages

    def open(self, _site: str, path: str, _category: str) -> Page:
        return Page(f"https://portail.invalid{path}", 200, self.pages[path], 0)

    def follow(self, _page: Page, href: str, category: str) -> Page:
        return self.open("portal", href, category)

    def think(self, _median: float) -> None:
        """Nobody waits here."""


def visit(procedure: str) -> Visit:
    pages = {
        "/demarches/": f'<a href="{PROCEDURE}">Inscrire un enfant</a>',
        PROCEDURE: procedure,
        f"{PROCEDURE}remplir/": "<h1>Votre enfant</h1>",
    }
    return Visit(cast(Browser, Shown(pages)), Resident(1, "charge.invalid", "x"), random.Random(1))


def test_a_draft_left_by_an_earlier_run_is_not_taken_up() -> None:
    """Two runs of one seed would not ask the same work: 17 % fewer pages were asked for by the later one."""
    assert begin(visit(DRAFT + ANOTHER), "inscri").path == f"{PROCEDURE}remplir/"


def test_a_procedure_that_is_not_filled_online_is_not_offered() -> None:
    with pytest.raises(NotOffered):
        begin(visit(DRAFT), "inscri")


CODE_ASKED = '<form id="totp" method="post" action="/"><input name="code"></form>'
INSIDE = "<h1>Demandes à traiter</h1>"


@pytest.mark.parametrize(("shown", "signed_in"), [([CODE_ASKED, INSIDE], True), ([CODE_ASKED, CODE_ASKED], False)])
def test_a_code_that_was_spent_is_followed_by_the_next(
    shown: list[str], signed_in: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs within half a minute: the second one waits for its code, once."""
    pages = [Page("https://agents.invalid/", 200, text, 0) for text in shown]
    waited: list[bool] = []
    monkeypatch.setattr(AgentAtWork, "_try_to_sign_in", lambda _: pages.pop(0))
    monkeypatch.setattr(AgentAtWork, "_wait_for_the_next_code", lambda _: waited.append(True))
    agent = AgentAtWork(
        cast(Browser, object()),
        AgentAccount("charge-agent-00", "ABC"),
        Resident(1, "charge.invalid", "x"),
        random.Random(1),
        AgentsPlan(),
    )
    if signed_in:
        assert agent.sign_in().text == INSIDE
    else:
        with pytest.raises(JourneyFailed, match="connexion de l'agent refusée"):
            agent.sign_in()
    assert waited == [True]
