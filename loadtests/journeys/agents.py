"""What an agent does all day: look at the list, open a request, answer it, close it; again.

A closed loop on purpose: a town has so many agents, and each waits for the page before the next one.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable

import pyotp

from loadtests.browser import Browser, JourneyFailed, Overtaken, Page
from loadtests.dispatcher import sleep_until
from loadtests.forms import Filled, Form, fill
from loadtests.journeys.samples import document
from loadtests.journeys.visit import REFERENCE, SIGN_IN, answer
from loadtests.people import AgentAccount, Resident
from loadtests.plan import AgentsPlan

_REQUEST = re.compile(r"^/demandes/\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/$")
_ACTION = re.compile(r"^/demandes/\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/[a-z0-9-]+/$")
_COUNTER = re.compile(r"^/saisie/$")
_COUNTER_PROCEDURE = re.compile(r"^/saisie/(?!enregistree)[^/]+/$")
_TOTP_SECONDS = 30
ACTIONS_BEFORE_CLOSING = 4


class AgentAtWork:
    """One agent and their browser."""

    def __init__(
        self, browser: Browser, account: AgentAccount, person: Resident, rng: random.Random, plan: AgentsPlan
    ) -> None:
        self._browser = browser
        self._account = account
        self._person = person
        self._rng = rng
        self._plan = plan

    def run(self, over: Callable[[], bool]) -> None:
        """Sign in, then work until `over`."""
        page = self.sign_in()
        while not over():
            page = self.look_at_list()
            if self._rng.random() < self._plan.process_share:
                self.deal_with_one(page)
            if self._rng.random() < self._plan.counter_share:
                self.counter_entry()
            # People do not look at the clock: exponential, mean of one refresh period.
            pause = min(self._rng.expovariate(1 / self._plan.refresh_seconds), 5 * self._plan.refresh_seconds)
            until = time.monotonic() + pause * self._browser.pace.scale
            while not over() and time.monotonic() < until:
                sleep_until(min(until, time.monotonic() + 1))
            self._browser.due = time.monotonic()

    def sign_in(self) -> Page:
        """Password, then the code of the moment (the key is enrolled when the accounts are made).

        A code serves once (RFC 6238, 5.2): where an earlier run has just spent it, the next one is waited for.
        """
        page = self._try_to_sign_in()
        if _refused(page):
            self._wait_for_the_next_code()
            page = self._try_to_sign_in()
        if _refused(page):
            raise JourneyFailed(f"connexion de l'agent refusée : {page.error or page.path}")
        return page

    def _try_to_sign_in(self) -> Page:
        with self._browser.stopwatch(SIGN_IN + " (agent)"):
            page = self._browser.open("processing", "/", "connexion")
            if not any(form.identifier == "connexion" for form in page.forms):
                start = page.link(r"^/connexion/") or "/connexion/"
                page = self._browser.follow(page, start, "connexion")
            form = _form(page, "connexion")
            page = self._browser.submit(
                page, form, self._with(form, user=self._account.login, password=self._person.password), "connexion"
            )
            form = _form(page, "totp")
            self._wait_for_a_lasting_code()
            code = pyotp.TOTP(self._account.secret).now()
            return self._browser.submit(page, form, self._with(form, code=code), "connexion")

    def look_at_list(self) -> Page:
        """The page that weighs most: sixty agents ask for it every minute."""
        return self._browser.open("processing", "/demandes/", "liste")

    def deal_with_one(self, listed: Page) -> Page:
        """Open a request of the list and do what its page offers, to the end or until nothing is left to do."""
        references = [link.href for link in listed.links if _REQUEST.match(link.href)]
        if not references:
            return listed
        self._browser.think(10)
        page = self._browser.follow(listed, self._rng.choice(references), "agent")
        for _ in range(ACTIONS_BEFORE_CLOSING):
            try:
                done = self._act(page)
            except Overtaken:
                return listed
            if done is None:
                break
            page = done
        return page

    def counter_entry(self) -> str | None:
        """Type a request in for somebody at the counter; its reference, None where the site does not offer it."""
        page = self._browser.open("processing", "/", "liste")
        start = next((link.href for link in page.links if _COUNTER.match(link.href)), None)
        if start is None:
            return None
        page = self._browser.follow(page, start, "agent")
        offered = sorted({link.href for link in page.links if _COUNTER_PROCEDURE.match(link.href)})
        if not offered:
            return None
        self._browser.think(5)
        page = self._browser.follow(page, self._rng.choice(offered), "agent")
        page = answer(
            self._browser, page, self._person, self._rng, end="/saisie/enregistree/", upload=document(self._rng)
        )
        found = REFERENCE.search(page.text)
        if found is None:
            raise JourneyFailed("saisie au guichet sans numéro")
        return found.group()

    def _act(self, page: Page) -> Page | None:
        """One button of a request's page: at once, or after writing a text."""
        direct = [f for f in page.forms if f.method == "post" and _ACTION.match(f.action)]
        written = [link.href for link in page.links if _ACTION.match(link.href)]
        if direct:
            self._browser.think(5)
            return self._confirmed(self._send(page, direct[0]))
        if not written:
            return None
        self._browser.think(10)
        page = self._browser.follow(page, self._rng.choice(written), "agent")
        form = next((f for f in page.forms if f.method == "post" and _ACTION.match(f.action)), None)
        if form is None:
            return None
        self._browser.think(40)
        return self._confirmed(self._send(page, form))

    def _send(self, page: Page, form: Form) -> Page:
        return self._browser.submit(page, form, fill(form, self._person, self._rng), "agent")

    def _confirmed(self, page: Page) -> Page | None:
        """A refusal in words is the workflow's right (somebody else was faster), not a failure of the platform."""
        return None if page.error else page

    @staticmethod
    def _with(form: Form, **answers: str) -> Filled:
        hidden = [(c.name, c.value) for c in form.controls if c.kind == "hidden" and c.name]
        return Filled([*hidden, *answers.items()], [])

    def _wait_for_a_lasting_code(self) -> None:
        if _TOTP_SECONDS - time.time() % _TOTP_SECONDS < 3:
            self._wait_for_the_next_code()

    def _wait_for_the_next_code(self) -> None:
        left = _TOTP_SECONDS - time.time() % _TOTP_SECONDS
        sleep_until(time.monotonic() + left + 0.1)
        self._browser.due = time.monotonic()  # the person waited for the next code, not for the platform


def _refused(page: Page) -> bool:
    return any(form.identifier in ("totp", "connexion") for form in page.forms)


def _form(page: Page, identifier: str) -> Form:
    form = next((form for form in page.forms if form.identifier == identifier), None)
    if form is None:
        raise JourneyFailed(f"pas de formulaire « {identifier} » sur {page.path} : {page.error}")
    return form
