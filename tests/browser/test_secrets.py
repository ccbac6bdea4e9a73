"""No secret lies in clear: not in state or logs on the operator's machine, not in a host's process list."""

from __future__ import annotations

import pytest

from infra.inventory import read_inventory
from infra.secret_store import read_secrets
from infra.state import Stack
from tests.browser.conftest import Platform

PUBLIC = {"ca_certificate", "oidc_signing_public_key"}


@pytest.fixture(scope="module")
def values(platform: Platform) -> dict[str, str]:
    found = {name: value for name, value in read_secrets(platform.stack).items() if name not in PUBLIC}
    # Of a key over several lines, one line of the middle is telling enough.
    return {name: value.strip().splitlines()[len(value.strip().splitlines()) // 2] for name, value in found.items()}


def test_state_and_logs_hold_no_secret(platform: Platform, values: dict[str, str]) -> None:
    stack: Stack = platform.stack
    read = 0
    for path in stack.directory.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            read += 1
            assert not [name for name, value in values.items() if value.encode() in content], path
    assert read > 5


def test_no_process_shows_a_secret(platform: Platform, values: dict[str, str]) -> None:
    for host in read_inventory(platform.stack)["all"]["hosts"]:
        shown = platform.gru("ssh", host, "--", "ps", "-eww", "-o", "args")
        assert "systemd" in shown
        assert not [name for name, value in values.items() if value in shown], host


def test_no_journal_shows_a_secret(platform: Platform, values: dict[str, str]) -> None:
    for host in read_inventory(platform.stack)["all"]["hosts"]:
        written = platform.gru("ssh", host, "--", "journalctl", "-q", "--no-pager", "-o", "cat")
        assert written.strip()
        assert not [name for name, value in values.items() if value in written], host
