"""One function passes, one host at a time, its visitors elsewhere: runbooks/upgrade.yml, with roles that record."""

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
! echo "$asked" | grep -Eq "$REFUSED"
"""
RECORD = [
    {
        "ansible.builtin.command": "applique {{ ansible_role_name }} {{ inventory_hostname }}"
        " {{ 'à côté' if django_site_aside | default(false) else 'en service' }}"
    }
]
HOSTS = {
    "front": ["proxy"],
    "metier": ["processing"],
    "web1": ["portal"],
    "web2": ["portal"],
}

Played = tuple[int, str, list[str]]


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., Played]:
    """Plays the runbook for one function: exit code, what Ansible said, what was done, in order."""
    asked = tmp_path / "asked"
    asked.touch()
    for name in ("gru-drain", "applique"):
        (tmp_path / name).write_text(COMMAND, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    for role in ("base", "backup", "portal", "processing", "proxy"):
        tasks = tmp_path / "roles" / role / "tasks"
        tasks.mkdir(parents=True)
        (tasks / "main.yml").write_text(json.dumps(RECORD), encoding="utf-8")
        (tasks / "probe.yml").write_text("[]", encoding="utf-8")

    def played(function: str, refused: str = "^$") -> Played:
        hosts = {
            name: {
                "gru_functions": functions,
                "gru_address": f"192.0.2.{rank}",
                "ansible_connection": "local",
                "backup_database": {},
                "backup_sets": {"idp": {}} if name == "metier" else {},
            }
            for rank, (name, functions) in enumerate(HOSTS.items())
        }
        children: dict[str, dict[str, dict[str, object]]] = {}
        for name, functions in HOSTS.items():
            children.setdefault(functions[0], {"hosts": {}})["hosts"][name] = {}
        inventory = tmp_path / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "children": children}}), encoding="utf-8")
        own = {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "ASKED": str(asked),
            "REFUSED": refused,
            "ANSIBLE_CONFIG": str(ROOT / "runbooks/ansible.cfg"),
            "ANSIBLE_ROLES_PATH": str(tmp_path / "roles"),
        }
        words = json.dumps({"upgrade_function": function})
        run = subprocess.run(
            [BIN / "ansible-playbook", "-i", inventory, "-e", words, ROOT / "runbooks/upgrade.yml"],
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
        )
        return run.returncode, run.stdout + run.stderr, asked.read_text(encoding="utf-8").splitlines()

    return played


def test_every_site_is_prepared_aside_first_and_nothing_else(play: Callable[..., Played]) -> None:
    code, told, asked = play("")
    assert code == 0, told
    assert sorted(asked) == [
        "applique portal web1 à côté",
        "applique portal web2 à côté",
        "applique processing metier à côté",
    ]


def test_a_function_of_several_hosts_passes_one_by_one_without_visitors(play: Callable[..., Played]) -> None:
    code, told, asked = play("portal")
    assert code == 0, told
    assert asked == [
        "gru-drain portal 192.0.2.2 drain",
        "applique base web1 en service",
        "applique portal web1 en service",
        "gru-drain portal 192.0.2.2 ready",
        "gru-drain portal 192.0.2.3 drain",
        "applique base web2 en service",
        "applique portal web2 en service",
        "gru-drain portal 192.0.2.3 ready",
    ]


def test_a_function_that_is_alone_keeps_its_visitors_waiting(play: Callable[..., Played]) -> None:
    code, told, asked = play("processing")
    assert code == 0, told
    assert asked == ["applique base metier en service", "applique processing metier en service"]


def test_a_host_that_fails_gets_its_visitors_back_and_stops_the_others(play: Callable[..., Played]) -> None:
    code, _, asked = play("portal", refused="applique portal web1")
    assert code != 0
    assert asked[-1] == "gru-drain portal 192.0.2.2 ready"
    assert not [line for line in asked if "web2" in line]


def test_what_saves_passes_where_something_is_kept(play: Callable[..., Played]) -> None:
    code, told, asked = play("backup")
    assert code == 0, told
    assert asked == ["applique base metier en service", "applique backup metier en service"]
