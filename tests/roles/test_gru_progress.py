"""What `gru` is told of a run: changes in the terms of modules, and reasons that hold no secret."""

from __future__ import annotations

import json
import os
import pwd
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ME = pwd.getpwuid(os.getuid()).pw_name
SECRET = "s3cret-of-the-database"


def play(folder: Path, tasks: list[dict[str, Any]], *options: str) -> tuple[dict[str, Any], str]:
    """Run tasks under `gru_progress`; its summary, and all that was written anywhere."""
    book = folder / "play.yml"
    book.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    result, log = folder / "result.json", folder / "log"
    run = subprocess.run(
        [Path(sys.executable).parent / "ansible-playbook", "-i", "localhost,", "-c", "local", *options, book],
        env=os.environ
        | {
            "ANSIBLE_CONFIG": str(ROOT / "runbooks" / "ansible.cfg"),
            "ANSIBLE_STDOUT_CALLBACK": "gru_progress",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "GRU_RESULT_FILE": str(result),
            "GRU_LOG_FILE": str(log),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    written = result.read_text() + log.read_text() + run.stdout + run.stderr
    summary: dict[str, Any] = json.loads(result.read_text())
    return summary, written


@pytest.fixture
def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def query(port: int, **more: Any) -> dict[str, Any]:
    """A question to a database, hidden because it holds a secret."""
    asked = {"login_host": "127.0.0.1", "login_port": port, "login_user": "x", "login_db": "x", "query": "select 1"}
    return {
        "name": "Ask",
        "community.postgresql.postgresql_query": {**asked, "login_password": SECRET},
        "no_log": True,
        **more,
    }


def test_a_hidden_failure_says_its_class_and_no_secret(tmp_path: Path, closed_port: int) -> None:
    """« Corrigez la cause » has a cause: here, nobody listens."""
    summary, written = play(tmp_path, [query(closed_port)])
    (failure,) = summary["failures"]
    assert failure["reason"].startswith("la connexion est refusée")
    assert "hidden" not in failure["reason"]
    assert SECRET not in written


def test_a_hidden_failure_says_where_to_look(tmp_path: Path, closed_port: int) -> None:
    """The task's own words, which hold no secret, follow the class of the reason."""
    task = query(closed_port, vars={"remedy": "« gru ssh HÔTE journalctl » le dit"})
    (failure,) = play(tmp_path, [task])[0]["failures"]
    assert failure["reason"].endswith("; « gru ssh localhost journalctl » le dit")


def test_what_check_mode_cannot_look_at_is_told(tmp_path: Path, closed_port: int) -> None:
    """Ignored in check mode, it is not forgotten."""
    summary, _ = play(tmp_path, [query(closed_port, ignore_errors="{{ ansible_check_mode }}")], "--check")
    assert not summary["failures"]
    assert summary["unseen"][0]["step"] == "Ask"


def test_what_check_mode_would_do_is_kept_in_the_terms_of_modules(tmp_path: Path) -> None:
    """Files with their difference, commands that would run; not those that change nothing."""
    place = tmp_path / "place"
    place.write_text("before\n")
    files = {str(place): {"content": "after\n", "owner": ME, "group": ME}}
    tasks: list[dict[str, Any]] = [
        {"name": "Write", "gru_files": {"files": files}},
        {"name": "Run", "ansible.builtin.command": "true", "changed_when": True, "vars": {"effect": "ceci changerait"}},
        {"name": "Look", "ansible.builtin.command": "true", "changed_when": False},
        {"name": "Turn", "ansible.builtin.command": "{{ item }}", "loop": ["true", "true"], "changed_when": True},
    ]
    summary, _ = play(tmp_path, tasks, "--check", "--diff")
    assert [change["task"] for change in summary["changes"]] == ["Write", "Run", "Turn", "Turn"]
    written, ran, *_ = summary["changes"]
    assert written["paths"] == {str(place): "content"}
    assert written["diff"][0]["before"] == "before\n"
    assert ran["effect"] == "ceci changerait"
    assert place.read_text() == "before\n"
