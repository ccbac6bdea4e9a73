"""A procedure answered page after page: what its rules say is read, as a person reads it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from loadtests.browser import Browser, JourneyFailed, Page
from loadtests.journeys.visit import MAX_STOPS, answer
from loadtests.people import Resident

CHOICE = """<form method="post"><input type="radio" name="r" value="oui">
<input type="radio" name="r" value="non" checked></form>"""
STOP = """<h1>Vous n'y avez pas droit</h1><a href="/question/">Modifier ma réponse</a>"""
WARNING = """<form method="post"><input type="hidden" name="lu" value="danger:1">
<button>J'ai lu, continuer</button></form>"""


@dataclass
class Site:
    """A procedure of one question, whose rules stop at « non » and warn at « oui »."""

    ends: bool = True
    read: list[str] = field(default_factory=list)

    def think(self, seconds: float) -> None:
        """Nobody waits in a test."""

    def follow(self, _page: Page, href: str, _category: str) -> Page:
        return Page(f"https://portail.test{href}", 200, CHOICE, 0)

    def submit(self, _page: Page, _form: Any, filled: Any, _category: str) -> Page:
        given = dict(filled.values)
        if "lu" in given:
            self.read.append(given["lu"])
            return Page("https://portail.test/envoyee/", 200, "", 0)
        good = self.ends and given["r"] == "oui"
        return Page("https://portail.test/attention/", 200, WARNING if good else STOP, 0)


def test_a_stop_is_answered_otherwise_and_a_warning_is_read() -> None:
    site = Site()
    page = answer(
        cast(Browser, site), site.follow(cast(Page, None), "/question/", ""), cast(Resident, None), random.Random(1),
        end="/envoyee/",
    )  # fmt: skip
    assert page.path == "/envoyee/"
    assert site.read == ["danger:1"]


def test_a_procedure_that_always_stops_is_said() -> None:
    site = Site(ends=False)
    first = site.follow(cast(Page, None), "/question/", "")
    with pytest.raises(JourneyFailed, match="/attention/"):
        answer(cast(Browser, site), first, cast(Resident, None), random.Random(1), end="/envoyee/")
    assert MAX_STOPS < 30
