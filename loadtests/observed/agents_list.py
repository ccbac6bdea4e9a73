"""Requests looked for as an agent would: on the list page of the agents' site, signed in, by their number."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from urllib.parse import urlencode

from loadtests.browser import Browser, Pace, trust
from loadtests.journeys.agents import AgentAtWork
from loadtests.people import People, Resident
from loadtests.plan import AgentsPlan
from loadtests.targets import Target

MOST = 300
"""Pages asked for, at most: each costs what an agent's search costs."""


def not_listed(target: Target, people: People, references: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """How many were asked for (a draw of `MOST` where there are more), and those that the page does not show."""
    asked = sorted(set(references))
    if len(asked) > MOST:
        asked = random.Random(1).sample(asked, MOST)
    now = time.monotonic()
    browser = Browser(target, trust(target), lambda _: None, "agent", now, now, random.Random(1), Pace(0))
    person = Resident(0, people.domain, people.password)
    AgentAtWork(browser, people.agents[0], person, random.Random(1), AgentsPlan(1)).sign_in()
    try:
        return len(asked), tuple(reference for reference in asked if not _shown(browser, reference))
    finally:
        browser.close()


def _shown(browser: Browser, reference: str) -> bool:
    page = browser.open("processing", f"/demandes/?{urlencode({'q': reference, 'montrer': 'toutes'})}", "liste")
    return any(link.href.split("?")[0] == f"/demandes/{reference}/" for link in page.links)
