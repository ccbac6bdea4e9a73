"""A runbook ends with `gru`, even killed: nothing stays at work on hosts behind the next run."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.configuration import RUNBOOKS

PARENT = """
import sys
from pathlib import Path
from infra import configuration
from infra.state import Stack
folder = Path(sys.argv[1])
configuration.RUNBOOKS = folder
configuration._play(
    Stack("local"), "long", folder / "log", folder / "inventory.ini", check=False, limit=None, variables=None
)
"""

PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.command: {folder}/slow
"""

SLOW = """\
#!/bin/sh
echo $$ > {folder}/pid.new && mv {folder}/pid.new {folder}/pid
exec sleep 600
"""


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
def test_a_runbook_ends_with_gru(blow: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The playbook, its workers and what they run on this machine are gone soon after `gru` is."""
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    state = tmp_path / "local"
    state.mkdir()
    (state / "secrets.yml").write_text("{}")
    (state / "passphrase").write_text("x")
    where = f"localhost ansible_connection=local ansible_python_interpreter={sys.executable}\n"
    (tmp_path / "inventory.ini").write_text(where)
    (tmp_path / "ansible.cfg").write_text("[defaults]\n")
    (tmp_path / "plugins").symlink_to(RUNBOOKS / "plugins")
    (tmp_path / "long.yml").write_text(PLAYBOOK.format(folder=tmp_path))
    slow = tmp_path / "slow"
    slow.write_text(SLOW.format(folder=tmp_path))
    slow.chmod(0o755)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, tmp_path], stderr=subprocess.DEVNULL)
    pid_file = tmp_path / "pid"
    _until(pid_file.exists)
    running = [int(pid_file.read_text()), *_children(parent.pid)]
    assert len(running) > 1
    parent.send_signal(blow)
    parent.wait()
    _until(lambda: not any(_lives(pid) for pid in running))


def _until(condition: Callable[[], bool], seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(child) for child in found]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
