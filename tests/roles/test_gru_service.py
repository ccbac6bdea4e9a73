"""The action that asks for services, run by Ansible itself; a script stands for systemctl."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.roles.playing import play_task

SYSTEMCTL = """\
#!/bin/sh
[ "$1" = show ] || exit 0
case "$2" in
here.service) printf 'LoadState=loaded\\nActiveState=inactive\\nSubState=dead\\nUnitFileState=enabled\\n' ;;
*) printf 'LoadState=not-found\\nActiveState=inactive\\nSubState=dead\\n' ;;
esac
"""


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that asks for a started service on a host that knows `here.service` only."""
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(SYSTEMCTL, encoding="utf-8")
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return lambda name, *options: play_task(tmp_path, {"gru_service": {"name": name, "state": "started"}}, *options)


def test_a_service_whose_package_is_to_come_is_a_change_in_check_mode(ask: Any) -> None:
    """On an empty host, check mode goes on."""
    result = ask("later.service", "--check")
    assert result["changed"]
    assert not result.get("failed")


def test_a_service_that_is_missing_is_a_failure_when_it_is_asked_for(ask: Any) -> None:
    """Out of check mode, nothing is forgiven."""
    result = ask("later.service")
    assert result["failed"]
    assert "Could not find the requested service" in result["msg"]


def test_a_service_that_is_there_is_asked_for_as_always(ask: Any) -> None:
    """The module does the rest."""
    assert ask("here.service", "--check")["changed"]
    assert ask("here.service")["state"] == "started"


MASKED = """\
#!/bin/sh
folder=$(dirname "$0")
state() { if [ -e "$folder/unmasked" ]; then echo "$1"; else echo "$2"; fi; }
case "$1" in
show) printf 'LoadState=%s\\nActiveState=inactive\\nSubState=dead\\nUnitFileState=%s\\n' \
    "$(state loaded masked)" "$(state disabled masked)" ;;
is-enabled) state disabled masked; exit 1 ;;
unmask) touch "$folder/unmasked" ;;
*) [ -e "$folder/unmasked" ] || { echo "Failed to $1 unit: Unit $2 is masked." >&2; exit 1; } ;;
esac
"""


def test_a_masked_service_that_is_asked_to_run_is_unmasked(ask: Any, tmp_path: Path) -> None:
    """Check mode tells it as a change; a run repairs it, and starts the service."""
    (tmp_path / "systemctl").write_text(MASKED, encoding="utf-8")
    told = ask("here.service", "--check")
    assert told["changed"]
    assert told["status"]["LoadState"] == "masked"
    assert not (tmp_path / "unmasked").exists()
    result = ask("here.service")
    assert not result.get("failed"), result
    assert result["changed"]
    assert (tmp_path / "unmasked").exists()


TIRED = """\
#!/bin/sh
folder=$(dirname "$0")
case "$1" in
show) printf 'LoadState=loaded\\nActiveState=failed\\nSubState=failed\\nUnitFileState=enabled\\n' ;;
is-enabled) echo enabled ;;
reset-failed) echo "$2" >> "$folder/reset" ;;
start) [ -e "$folder/reset" ] || { echo "Start request repeated too quickly." >&2; exit 1; }
    [ ! -e "$folder/broken" ] || { echo "It does not start." >&2; exit 1; } ;;
esac
"""


def test_a_service_that_systemd_gave_up_is_tried_once_more(ask: Any, tmp_path: Path) -> None:
    """What kept it from starting may just have been put right; if not, that is what is told."""
    (tmp_path / "systemctl").write_text(TIRED, encoding="utf-8")
    result = ask("here.service")
    assert not result.get("failed"), result
    assert (tmp_path / "reset").read_text().split() == ["here.service"]
    (tmp_path / "broken").touch()
    result = ask("here.service")
    assert result["failed"]
    assert "It does not start." in result["msg"]
