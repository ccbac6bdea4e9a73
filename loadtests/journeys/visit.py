"""What every journey is given, and the gestures they share: sign in, answer a procedure's pages."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from loadtests.browser import Browser, JourneyFailed, Page
from loadtests.forms import Filled, Form, Upload, fill
from loadtests.people import Resident

REFERENCE = re.compile(r"\b\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
_TRACKING = re.compile(r"<dt>Code de suivi</dt>\s*<dd[^>]*>([^<]+)</dd>")
MAX_PAGES = 30
MAX_REFUSALS = 2
MAX_STOPS = 8
"""How often one tries other answers where a rule of the procedure ends it; they are drawn."""
SIGN_IN = "connexion complète"


@dataclass
class Visit:
    """One person's visit. `reference` is what the site acknowledged, if it did."""

    browser: Browser
    person: Resident
    rng: random.Random
    wrong_password_share: float = 0.05
    mailbox: Callable[[str, str], str] | None = None
    """Reads the text of the mail sent to an address about a subject, where the platform keeps its mails."""
    reference: str = ""
    tracking_code: str = ""
    acknowledged_at: float = 0.0

    def sign_in(self, page: Page) -> Page:
        """From the sign-in page to the page one wanted."""
        form = self.sign_in_form(page)
        if self.rng.random() < self.wrong_password_share:
            self.browser.think(8)
            page = self.browser.submit(page, form, self._credentials(form, "Faux-mot-de-passe-1"), "connexion")
            form = self.sign_in_form(page)
        self.browser.think(8)
        page = self.browser.submit(page, form, self._credentials(form, self.person.password), "connexion")
        if any(form.identifier == "connexion" for form in page.forms):
            raise JourneyFailed(f"connexion refusée : {page.error or 'sans explication'}")
        return page

    @staticmethod
    def sign_in_form(page: Page) -> Form:
        """The form of the identity provider's page."""
        form = next((form for form in page.forms if form.identifier == "connexion"), None)
        if form is None:
            raise JourneyFailed(f"pas de formulaire de connexion sur {page.path}")
        return form

    def _credentials(self, form: Form, password: str) -> Filled:
        hidden = [(c.name, c.value) for c in form.controls if c.kind == "hidden" and c.name]
        return Filled([*hidden, ("user", self.person.login), ("password", password)], [])

    def answer_pages(self, page: Page, upload: Upload | None = None) -> Page:
        """Answer every page of a procedure, check, send; ends on the acknowledgement."""
        return self.note_reference(
            answer(self.browser, page, self.person, self.rng, end="/demandes/envoyee/", upload=upload)
        )

    def note_reference(self, page: Page) -> Page:
        """Keep what the acknowledgement says: from now on the platform may not lose it."""
        found = REFERENCE.search(page.text)
        if not found:
            raise JourneyFailed("accusé de réception sans numéro")
        self.reference, self.acknowledged_at = found.group(), time.time()
        code = _TRACKING.search(page.text)
        self.tracking_code = code.group(1).strip() if code else ""
        return page


def answer(
    browser: Browser, page: Page, person: Resident, rng: random.Random, *, end: str, upload: Upload | None = None
) -> Page:
    """Answer page after page until an address that holds `end`.

    A page that finds fault is answered again, as a person would, twice at most; where a rule of the procedure ends it,
    one goes back and answers something else.
    """
    told, refusals, stops, stopped = "", 0, 0, False
    for _ in range(MAX_PAGES):
        if end in page.path:
            return page
        form = page.form
        if form is None:
            back = page.link("Modifier ma réponse")
            stops += 1
            if back is None or stops > MAX_STOPS:
                raise JourneyFailed(f"rien à remplir sur {page.path}")
            page, stopped = browser.follow(page, back, "formulaire"), True
            continue
        browser.think(12 if form.to_fill else 6)
        before = page
        category = "formulaire" if form.to_fill else "envoi"
        page = browser.submit(page, form, fill(form, person, rng, upload, told, anew=stopped), category)
        stopped = False
        told = page.error if page.path == before.path else ""
        refusals = refusals + 1 if told else 0
        if refusals > MAX_REFUSALS:
            raise JourneyFailed(f"{before.path.split('/')[-2]} : {told}")
    raise JourneyFailed(f"plus de {MAX_PAGES} pages sans accusé de réception")
