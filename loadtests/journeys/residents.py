"""What residents do on the portal. Medians of think times, in seconds, are assumptions."""

from __future__ import annotations

import re
from collections.abc import Callable

from loadtests.browser import JourneyFailed, NotOffered, Page
from loadtests.forms import Filled, fill
from loadtests.journeys.samples import document
from loadtests.journeys.visit import SIGN_IN, Visit

_PROCEDURE = re.compile(r"^/demarches/[^/]+/$")


def one_page(visit: Visit) -> None:
    """One page and gone: the smallest visit, for measuring the meter."""
    visit.browser.open("portal", "/", "page")


def browse(visit: Visit) -> None:
    """Come for information: home, catalogue, a procedure or two, how to track a request."""
    page = visit.browser.open("portal", "/", "page")
    visit.browser.think(6)
    catalogue = visit.browser.open("portal", "/demarches/", "page")
    for href in visit.rng.sample(procedures(catalogue), min(2, len(procedures(catalogue)))):
        visit.browser.think(15)
        page = visit.browser.follow(catalogue, href, "page")
    visit.browser.think(20)
    visit.browser.follow(page, "/suivi/", "page")


def report(visit: Visit) -> None:
    """File a report without an account, then look at it with its tracking code once in five."""
    start = begin(visit, "signal")
    if "/connexion" in start.path or any(form.identifier == "connexion" for form in start.forms):
        raise NotOffered("aucune démarche sans compte")
    visit.answer_pages(start, document(visit.rng))
    if visit.rng.random() < 0.2:
        track(visit)


def track(visit: Visit) -> None:
    """Open one's request with its number and its code."""
    visit.browser.think(20)
    page = visit.browser.open("portal", "/suivi/", "page")
    form = page.form
    if form is None:
        raise JourneyFailed("pas de formulaire de suivi")
    given = {"reference": visit.reference, "code": visit.tracking_code}
    hidden = [(c.name, c.value) for c in form.controls if c.kind == "hidden"]
    visit.browser.think(10)
    page = visit.browser.submit(page, form, Filled([*hidden, *given.items()], []), "suivi")
    if visit.reference not in page.text or page.error:
        raise JourneyFailed(f"suivi : {page.error or 'la demande ne s’ouvre pas'}")


def enrol(visit: Visit) -> None:
    """Sign in and file an enrolment, as on the morning it opens; sign out once in three."""
    page = signed_in(visit, "/mes-demarches/")
    start = begin(visit, "inscri")
    visit.answer_pages(start, document(visit.rng))
    if visit.rng.random() < 1 / 3:
        sign_out(visit, page)


def follow_up(visit: Visit) -> None:
    """Sign in, look at one's requests, open one, sign out."""
    page = signed_in(visit, "/mes-demarches/")
    visit.browser.think(8)
    mine = [link.href for link in page.links if re.match(r"^/mes-demarches/[^/]+/$", link.href)]
    if mine:
        page = visit.browser.follow(page, visit.rng.choice(mine), "suivi")
        visit.browser.think(15)
    sign_out(visit, page)


def sign_up(visit: Visit) -> None:
    """Ask for an account; where mails can be read, choose the password and sign in with it."""
    page = visit.browser.open("portal", "/compte/inscription/", "page")
    form = page.form
    if form is None:
        raise NotOffered("pas d'inscription")
    address = f"nouveau-{visit.rng.getrandbits(48):012x}@{visit.person.domain}"
    values = [(n, address if "courriel" in n else v) for n, v in fill(form, visit.person, visit.rng).values]
    visit.browser.think(25)
    page = visit.browser.submit(page, form, Filled(values, []), "formulaire")
    if page.error or "envoyee" not in page.path:
        raise JourneyFailed(f"inscription : {page.error or page.path}")
    if visit.mailbox is None:
        return
    link = re.search(r"https://\S+/compte/inscription/\S+", visit.mailbox(address, "mot de passe"))
    if link is None:
        raise JourneyFailed("le courriel d'inscription n'a pas de lien")
    page = visit.browser.follow(page, link.group(), "page")
    form = page.form
    if form is None:
        raise JourneyFailed("pas de formulaire de mot de passe")
    hidden = [(c.name, c.value) for c in form.controls if c.kind == "hidden"]
    chosen = f"Lilas-{visit.rng.getrandbits(64):016x}-9"
    both = [("mot_de_passe", chosen), ("confirmation", chosen)]
    visit.browser.think(20)
    page = visit.browser.submit(page, form, Filled([*hidden, *both], []), "formulaire")
    if page.error or "terminee" not in page.path:
        raise JourneyFailed(f"mot de passe : {page.error or page.path}")


# ---- Shared gestures


def procedures(catalogue: Page) -> list[str]:
    """Addresses of the procedures that the catalogue shows."""
    return sorted({link.href for link in catalogue.links if _PROCEDURE.match(link.href)})


def begin(visit: Visit, wished: str) -> Page:
    """From the catalogue to the first page of a procedure whose address holds `wished`, else of any."""
    catalogue = visit.browser.open("portal", "/demarches/", "page")
    shown = procedures(catalogue)
    if not shown:
        raise NotOffered("le catalogue est vide")
    visit.browser.think(8)
    page = visit.browser.follow(
        catalogue, visit.rng.choice([href for href in shown if wished in href] or shown), "page"
    )
    # Never a draft that an earlier run left: the same seed must ask the same work of the platform.
    start = page.link(r"/remplir/$")
    if start is None:
        raise NotOffered(f"{page.path} ne se remplit pas en ligne")
    visit.browser.think(15)
    return visit.browser.follow(page, start, "formulaire")


def signed_in(visit: Visit, wanted: str) -> Page:
    """The whole sign-in, hop by hop and as one figure."""
    with visit.browser.stopwatch(SIGN_IN):
        page = visit.browser.open("portal", f"/connexion/?next={wanted}", "connexion")
        page = visit.sign_in(page)
    if page.path != wanted:
        raise JourneyFailed(f"après la connexion : {page.path} au lieu de {wanted}")
    return page


def sign_out(visit: Visit, page: Page) -> None:
    """Sign out here and at the identity provider."""
    visit.browser.think(5)
    page = visit.browser.follow(page, "/deconnexion/", "page")
    if page.form is None:
        raise JourneyFailed("pas de bouton pour se déconnecter")
    visit.browser.submit(page, page.form, fill(page.form, visit.person, visit.rng), "connexion")


RESIDENTS: dict[str, Callable[[Visit], None]] = {
    "page": one_page,
    "lire": browse,
    "signaler": report,
    "inscrire": enrol,
    "suivre": follow_up,
    "ouvrir_compte": sign_up,
}
"""Journeys by the name that profiles and reports use."""
