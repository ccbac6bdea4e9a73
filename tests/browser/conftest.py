"""A real headless Chromium that trusts the stack's authority and finds its names on the loopback address."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect, sync_playwright

from infra.inventory import read_inventory
from infra.remote import host_of
from infra.secret_store import read_secrets
from infra.state import Stack

CHROMIUM = "/usr/bin/chromium"
PATIENCE = 20_000
"""Milliseconds that an act, or what is expected of a page, may take on a machine that does other things besides."""
expect.set_options(timeout=PATIENCE)
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Platform:
    """The running stack, as a person outside sees it."""

    stack: Stack
    variables: dict[str, Any]

    def url(self, brick: str, path: str = "/") -> str:
        """Public address of a page of `brick` (a function's name)."""
        port = self.variables["gru_https_port"]
        return f"https://{self.variables['gru_names'][brick]}{'' if port == 443 else f':{port}'}{path}"

    @property
    def origins(self) -> frozenset[str]:
        return frozenset(self.url(brick, "") for brick in self.variables["gru_names"])

    @property
    def demo_password(self) -> str:
        return read_secrets(self.stack)["demo_password"]

    def gru(self, name: str, *arguments: str) -> str:
        """Run one of `gru`'s commands ("mail", "agents list") against this stack and return what it prints."""
        command = [str(Path(sys.executable).parent / "gru"), *name.split(), "--stack", self.stack.name, *arguments]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"{' '.join(command)} : {run.stderr}"
        return run.stdout

    def on_host(self, function: str, *command: str) -> str:
        """Run a command on the host that carries `function`."""
        return self.gru("ssh", host_of(read_inventory(self.stack), function), "--", *command)

    def wait_for_mail(self, recipient: str, subject: str, seconds: float = 60) -> str:
        """Return the text of the newest mail to `recipient` whose subject matches `subject`."""
        return wait_until(lambda: self._mail(recipient, subject), f"courriel « {subject} » à {recipient}", seconds)

    def mails(self, recipient: str, subject: str) -> list[dict[str, str]]:
        """List the mails to `recipient` whose subject matches the regular expression `subject`."""
        listed = json.loads(self.gru("mail", "--json", "--to", recipient))
        return [item for item in listed if re.search(subject, item["subject"])]

    def _mail(self, recipient: str, subject: str) -> str | None:
        found = self.mails(recipient, subject)
        if not found:
            return None
        text: str = json.loads(self.gru("mail", found[-1]["id"], "--json"))["text"]
        return text


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """Return the first true value of `condition`; fail in words after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.3)
    pytest.fail(f"pas obtenu en {seconds:.0f} s : {what}")
    return None


@pytest.fixture(scope="session")
def platform() -> Platform:
    stack = Stack(os.environ.get("GRU_STACK", "local"))
    return Platform(stack, read_inventory(stack)["all"]["vars"])


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture
def new_person(
    platform: Platform, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that opens a browser of its own for one more person."""
    opened: list[BrowserContext] = []

    def open_browser(**options: Any) -> BrowserContext:
        opened.append(open_person(platform, playwright, tmp_path_factory.mktemp("personne"), **options))
        return opened[-1]

    yield open_browser
    for context in opened:
        context.close()


def open_person(platform: Platform, playwright: Playwright, home: Path, **options: Any) -> BrowserContext:
    """Open a browser of its own, in a home folder of its own, for one person."""
    _trust(home, platform.stack.authority_file)
    address = platform.variables["gru_publish_address"]
    context = playwright.chromium.launch_persistent_context(
        str(home / "profil"),
        executable_path=CHROMIUM,
        args=[*_FLAGS, f"--host-resolver-rules=MAP *.{platform.variables['gru_domain']} {address}"],
        env={**os.environ, "HOME": str(home)},
        locale="fr-FR",
        timezone_id="Europe/Paris",
        **options,
    )
    context.set_default_timeout(PATIENCE)
    return context


def _trust(home: Path, authority: Path) -> None:
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    nss = f"sql:{database}"
    subprocess.run(["certutil", "-d", nss, "-N", "--empty-password"], check=True)
    subprocess.run(["certutil", "-d", nss, "-A", "-t", "C,,", "-n", "gru", "-i", str(authority)], check=True)


class SecondFactors(dict[str, str]):
    """Secrets enrolled by the demo agents, kept with the stack: an agent enrols once, tests run many times."""

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(json.loads(path.read_text(encoding="utf-8")) if path.exists() else {})

    def __setitem__(self, login: str, secret: str) -> None:
        super().__setitem__(login, secret)
        self._path.write_text(json.dumps(self), encoding="utf-8")


@pytest.fixture(scope="session")
def totp(platform: Platform) -> SecondFactors:
    """Second factors enrolled so far, by login."""
    return SecondFactors(platform.stack.directory / "tests-second-factors.json")
