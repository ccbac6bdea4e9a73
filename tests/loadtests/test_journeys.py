"""What journeys choose on the pages they are shown."""

from __future__ import annotations

import random
from typing import cast

import pytest

from loadtests.browser import Browser, NotOffered, Page
from loadtests.journeys.residents import begin
from loadtests.journeys.visit import Visit
from loadtests.people import Resident

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
