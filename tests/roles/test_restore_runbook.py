"""A restoration on hosts of which one refuses, or does not answer any more: runbooks/restore.yml, played."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.steps import BIN, ROOT

COMMAND = """#!/bin/sh
asked="$(basename "$0") $*"
echo "$asked" >> "$ASKED"
if echo "$asked" | grep -Eq "$REFUSED"; then
    echo "le dépôt ne répond pas" >&2
    exit 1
fi
case "$asked" in
    "gru-backup examine"*) echo '{"refusals": [], "notes": [], "from": {}}' ;;
    "systemctl list-units"*) echo "un.service loaded active running x" ;;
esac
"""
FUNCTIONS = {"h-base": "database", "h-annuaire": "idp", "h-ecoute": "consultation"}

Played = tuple[int, str, list[str]]


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., Played]:
    """Plays the runbook: exit code, what Ansible said, what hosts were asked.

    `refused` is the pattern (grep -E) of what fails; `lost` does not answer once the database came back.
    """
    asked = tmp_path / "asked"
    asked.touch()
    for name in ("gru-backup", "systemctl"):
        (tmp_path / name).write_text(COMMAND, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    once = f"{{{{ 'ssh' if 'gru-backup restore database' in lookup('ansible.builtin.file', '{asked}') else 'local' }}}}"

    def played(refused: str = "^$", lost: str = "") -> Played:
        hosts = {
            name: {
                "gru_functions": [function],
                "ansible_connection": once if name == lost else "local",
                "ansible_host": "127.0.0.1",
                "ansible_port": 1,
            }
            for name, function in FUNCTIONS.items()
        }
        children = {function: {"hosts": {name: {}}} for name, function in FUNCTIONS.items()}
        children |= {name: {"hosts": {}} for name in ("portal", "processing")}
        inventory = tmp_path / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "children": children}}), encoding="utf-8")
        words = {"restore_to": 100, "restore_sets": ["database", "idp", "consultation"]}
        own = {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "ASKED": str(asked),
            "REFUSED": refused,
            "ANSIBLE_CONFIG": str(ROOT / "runbooks/ansible.cfg"),
        }
        run = subprocess.run(
            [BIN / "ansible-playbook", "-i", inventory, "-e", json.dumps(words), ROOT / "runbooks/restore.yml"],
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
        )
        told = " ".join((run.stdout + run.stderr).split())
        return run.returncode, told, asked.read_text(encoding="utf-8").splitlines()

    return played


def undone(asked: list[str]) -> set[str]:
    return {line.split()[2] for line in asked if line.startswith("gru-backup undo")}


def test_all_comes_back_and_is_saved(play: Callable[..., Played]) -> None:
    code, told, asked = play()
    assert code == 0, told
    assert undone(asked) == set()
    assert asked[-1] == "systemctl start --no-block gru-backup-database.service"
    assert "systemctl start --no-block un.service" in asked
    # Nothing is saved meanwhile, on the database's host either.
    relieved = [line for line in asked if line.startswith("systemctl list-units")]
    assert len([line for line in relieved if "gru-backup-files.*" in line]) == 3


def test_a_database_that_does_not_come_back_stops_there(play: Callable[..., Played]) -> None:
    code, told, asked = play("restore database")
    assert code != 0
    assert "a échoué et tout a été remis comme avant : le dépôt ne répond pas" in told
    assert not [line for line in asked if line.startswith("gru-backup restore") and "database" not in line]
    assert "systemctl start --no-block un.service" in asked


def test_one_part_that_does_not_come_back_undoes_all(play: Callable[..., Played]) -> None:
    code, told, asked = play("restore consultation")
    assert code != 0
    assert "a échoué et tout a été remis comme avant : le dépôt ne répond pas" in told
    assert undone(asked) == {"database", "idp", "consultation"}


def test_a_host_that_answers_no_more_is_not_said_to_be_as_before(play: Callable[..., Played]) -> None:
    """Its part is not known to have come back: the others are undone, and it is named with what is to be done."""
    code, told, asked = play(lost="h-annuaire")
    assert code != 0
    assert "tout a été remis comme avant" not in told
    assert "h-annuaire : gru-backup undo idp. Ce qui a échoué : h-annuaire : " in told
    assert undone(asked) == {"database", "consultation"}


def test_what_cannot_be_undone_is_named(play: Callable[..., Played]) -> None:
    code, told, _ = play("restore consultation|undo database")
    assert code != 0
    assert "tout n'a pas pu être remis comme avant" in told
    assert "h-base : gru-backup undo database. Ce qui" in told
