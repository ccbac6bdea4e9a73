"""What `gru preview` says of each host, whatever state it is in; the comparison itself is tried on a real platform."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from infra import bring_up, preview
from infra.cli import platform
from infra.configuration import CheckResult
from infra.host_preflight import Examination
from infra.model import Site, load_site
from infra.secret_store import ensure_secrets
from infra.state import Stack
from infra.steps import PlannedChange

DETAIL: dict[str, Any] = {
    **{"host": "courrier", "role": "mail", "task": "Write the configuration", "module": "gru_files", "effect": ""},
    **{"name": None, "state": None, "unit": {}, "output": "", "paths": {"/etc/postfix/main.cf": "content"}},
    "diff": [
        {
            "before_header": "/etc/postfix/main.cf",
            "after_header": "/etc/postfix/main.cf",
            "before": "relayhost =\n",
            "after": "relayhost = [relais]:25\n",
        }
    ],
}


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """The local site, and a state of its own."""
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    stack = Stack("local")
    stack.prepare()
    ensure_secrets(stack, load_site(stack.site_file))
    return stack


@pytest.fixture
def site(stack: Stack) -> Site:
    """Its site."""
    return load_site(stack.site_file)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, list[str]]]:
    """Stands for hosts and for Ansible: `web` does not answer, `ecouter` is bare, `courrier` drifted."""
    asked: list[tuple[Path, list[str]]] = []

    def check(_stack: Stack, _name: str, _log: Path, inventory: Path, hosts: list[str]) -> CheckResult:
        content = json.loads(inventory.read_text(encoding="utf-8"))
        assert set(hosts) <= set(content["all"]["hosts"])
        asked.append((inventory, hosts))
        return CheckResult([DETAIL], [{"host": "sso", "step": "Ask", "reason": "la connexion est refusée"}])

    def examine(_site: Site, inventory: dict[str, Any], **_: Any) -> Examination:
        there = set(inventory["all"]["hosts"])
        return Examination({"front": ["il faut plus"]}, {"web": "il dort"}, frozenset(there - {"web", "ecouter"}))

    monkeypatch.setattr(preview, "check_runbook", check)
    monkeypatch.setattr(preview, "examine", examine)
    return asked


def planned(action: str, host: str) -> PlannedChange:
    """A change of a host."""
    return PlannedChange(action, f"l'hôte {host}", (), f"… l'hôte {host}", host)


def test_each_host_is_said_as_it_is(stack: Stack, site: Site, compared: list[tuple[Path, list[str]]]) -> None:
    """To be made, made again, silent, bare, drifted, or not to be seen whole; the stack's inventory is not written."""
    found = preview.preview_hosts(stack, site, [planned("create", "veille"), planned("replace", "db")])
    states = {host.host: (host.state, host.sentence) for host in found.hosts}
    assert list(states) == list(site.hosts)
    assert states["veille"] == ("new", "à créer : toutes ses fonctions y seront installées")
    assert states["db"][0] == "renewed"
    assert states["web"] == ("silent", "il dort")
    assert states["ecouter"][0] == "bare"
    assert states["ecouter"][1].startswith("jamais installé")
    drifted = next(host for host in found.hosts if host.host == "courrier")
    assert drifted.changes[0].sentence == "/etc/postfix/main.cf serait modifié"
    assert drifted.changes[0].lines == ("-relayhost =", "+relayhost = [relais]:25")
    assert next(host for host in found.hosts if host.host == "sso").unseen == (
        "étape « Ask » : la connexion est refusée",
    )
    ((inventory, hosts),) = compared
    assert hosts == ["sso", "metier", "front", "courrier"]
    assert inventory.parent != stack.directory
    assert not inventory.exists()
    assert not stack.inventory_file.exists()


def test_a_stopped_host_will_be_started_and_is_not_a_failure(
    stack: Stack, site: Site, compared: list[tuple[Path, list[str]]]
) -> None:
    """What Pulumi will repair is no silence to explain."""
    del compared
    found = preview.preview_hosts(stack, site, [planned("update", "web")])
    assert next(host for host in found.hosts if host.host == "web").state == "renewed"


@pytest.mark.usefixtures("compared")
def test_the_command_says_all_and_fails_when_something_is_not_known(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For people and for programs; `--no-hosts` looks into none."""
    monkeypatch.setattr(bring_up, "check_target", lambda _site: None)
    monkeypatch.setattr(bring_up, "planned_changes", lambda *_: [])
    text = CliRunner().invoke(platform.preview, ["--stack", stack.name])
    assert text.exit_code == 1
    assert "hôte courrier :\n    /etc/postfix/main.cf serait modifié\n      -relayhost =\n" in text.output
    assert "hôte web : ne répond pas, n'a pas pu être comparé (il dort)" in text.output
    assert "n'a pas pu être comparé : étape « Ask » : la connexion est refusée" in text.output
    assert "À corriger avant « gru up » :\n  - hôte front : il faut plus." in text.output
    assert text.output.endswith("2 changements prévus.\n")
    result = json.loads(CliRunner().invoke(platform.preview, ["--json", "--stack", stack.name]).stdout)
    assert result["count"] == 2
    assert {host["host"] for host in result["hosts"]} >= {"web", "courrier"}
    quick = CliRunner().invoke(platform.preview, ["--no-hosts", "--stack", stack.name])
    assert quick.output == "Aucun changement prévu.\n"
    assert quick.exit_code == 0
