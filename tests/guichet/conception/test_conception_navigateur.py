"""The workshop in a real browser: its scripts run, what is typed is published, our own pages are accessible."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from guichet.conception.models import CircuitRedige, DemarcheRedigee
from guichet.demarches.models import Demarche
from tests.accessibility import violations
from tests.guichet import fabrique

CHROMIUM = "/usr/bin/chromium"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="Chromium manque : apt-get install chromium"),
]


@pytest.fixture
def page(settings: Any, transactional_db: None, responsable: Client) -> Iterator[Page]:
    """Someone responsible for procedures, in front of the workshop."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread
    serveur = LiveServer("localhost")
    cookie = responsable.cookies[settings.SESSION_COOKIE_NAME].value
    with sync_playwright() as outil:
        navigateur = outil.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        contexte = navigateur.new_context(
            viewport={"width": 1280, "height": 900}, locale="fr-FR", base_url=str(serveur.url)
        )
        contexte.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": str(serveur.url)}])
        onglet = contexte.new_page()
        onglet.set_default_timeout(60_000)
        yield onglet
        navigateur.close()
    serveur.stop()


def test_a_procedure_is_changed_and_published_with_the_real_form(page: Page) -> None:
    fautes: list[str] = []
    page.on("pageerror", lambda faute: fautes.append(str(faute)))
    page.on("console", lambda dit: fautes.append(dit.text) if "connecting controller" in dit.text else None)
    redigee = DemarcheRedigee.objects.get(slug=fabrique.VOIRIE)
    avant = Demarche.objects.get(pk=fabrique.VOIRIE).lue
    page.goto(f"/redaction/demarches/edit/{redigee.pk}/")
    page.locator("input[name=titre]").fill("Signaler un trou")
    page.get_by_role("tab", name="Formulaire").click()
    page.locator("[name=etapes-count]").wait_for(state="attached")
    page.locator("footer [data-w-dropdown-target=toggle]").last.click()
    page.locator("button[name=action-publish]").first.click()
    page.wait_for_url("**/redaction/demarches/")
    demarche = Demarche.objects.get(pk=fabrique.VOIRIE)
    assert (demarche.titre, demarche.version) == ("Signaler un trou", 2)
    # Nothing else moved: the form gives back all that it was given.
    assert demarche.lue == avant.model_copy(update={"titre": "Signaler un trou"})
    assert fautes == []


def test_the_dry_run_is_accessible_and_needs_no_script(page: Page) -> None:
    defini = CircuitRedige.objects.get(slug="standard")
    page.goto(f"/redaction/circuits/{defini.pk}/essayer/")
    page.get_by_role("link", name="Prendre en charge").click()
    assert "La demande est « En cours »" in page.locator("main").inner_text()
    assert [v["id"] for v in violations(page, within=".cc-essai")] == []
