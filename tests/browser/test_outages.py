"""A submission needs the portal and the database only; the rest happens when the others return."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import Platform, wait_until
from tests.browser.pages_guichet import file_report

STOPPED = (
    ("processing", ("guichet-instruction.socket", "guichet-instruction.service", "guichet-worker.service")),
    ("mail", ("postfix.service",)),
)


@pytest.fixture
def others_stopped(platform: Platform) -> Iterator[Callable[[], None]]:
    def restart() -> None:
        for function, units in STOPPED:
            platform.on_host(function, "systemctl", "start", *units)

    for function, units in STOPPED:
        platform.on_host(function, "systemctl", "stop", *units)
    yield restart
    restart()


def test_submission_is_accepted_at_once_and_the_rest_follows(
    platform: Platform, new_person: Callable[..., BrowserContext], others_stopped: Callable[[], None]
) -> None:
    email = f"panne.{secrets.token_hex(4)}@{platform.variables['gru_domain']}"
    page = new_person().pages[0]
    receipt = file_report(platform, page, None, None, email)
    assert receipt.reference
    refused = page.goto(platform.url("processing"))
    assert refused is not None
    assert refused.status == 503
    assert "indisponible" in page.inner_text("body")

    others_stopped()
    acknowledgement = platform.wait_for_mail(email, "reçu", seconds=180)
    assert receipt.reference in acknowledgement
    wait_until(lambda: platform.mails("voirie@", receipt.reference), "alerte au service de voirie", seconds=120)
    assert len(platform.mails(email, "reçu")) == 1
