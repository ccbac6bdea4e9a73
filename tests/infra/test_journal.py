"""The journal of operations: who, when, what, and how it ended, whatever ended it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.cli import cli
from infra.journal import kept, operations
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack whose state is in a folder of the test."""
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("GRU_OPERATOR", "awa@mairie")
    found = Stack("local")
    found.directory.mkdir()
    return found


def test_what_was_done_is_told_the_last_first(stack: Stack) -> None:
    with kept(stack, "gru up") as notes:
        notes.append("2 vérifications en échec")
    with pytest.raises(OperatorError), kept(stack, "gru down"):
        raise OperatorError("L'hôte db ne répond pas.\nsuite")
    with pytest.raises(KeyboardInterrupt), kept(stack, "gru up"):
        raise KeyboardInterrupt
    last, failed, done = operations(stack)
    assert (last.result, failed.result, done.result) == ("interrupted", "failed", "done")
    assert (failed.command, failed.why, failed.who) == ("gru down", "L'hôte db ne répond pas.", "awa@mairie")
    assert done.why == "2 vérifications en échec"
    assert done.seconds is not None


def test_a_command_that_was_killed_has_no_end(stack: Stack) -> None:
    program = (
        "import os, signal\nfrom infra.journal import kept\nfrom infra.state import Stack\n"
        "with kept(Stack('local'), 'gru up'):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=SOURCE_DIRECTORY, env=os.environ, check=False)
    assert run.returncode == -signal.SIGKILL
    (operation,) = operations(stack)
    assert (operation.result, operation.seconds) == ("unfinished", None)


def test_a_line_that_was_cut_hides_no_other(stack: Stack) -> None:
    with kept(stack, "gru up"):
        pass
    with (stack.directory / "journal.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"id": "x", "at": "20')
    assert [operation.command for operation in operations(stack)] == ["gru up"]


def test_the_command_shows_it_in_french(stack: Stack) -> None:
    shown = CliRunner().invoke(cli, ["journal"])
    assert "Aucune opération" in shown.output
    for _ in range(3):
        with kept(stack, "gru up --leave-data database"):
            pass
    shown = CliRunner().invoke(cli, ["journal", "--last", "2"])
    assert shown.exit_code == 0
    assert shown.output.count("gru up --leave-data database") == 2
    assert "awa@mairie" in shown.output
    assert "fait en 0 s" in shown.output
    told = json.loads(CliRunner().invoke(cli, ["journal", "--json"]).output)
    assert [one["result"] for one in told] == ["done", "done", "done"]
