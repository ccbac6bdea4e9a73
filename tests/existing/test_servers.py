"""Three plain servers, from the refusal of what cannot work to a replacement. The tests follow one another."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.copied_site import WORK
from tests.existing.servers import Network, Park, Server, run
from tests.steps import BIN, ROOT

NAME = "existants"
PAGE = ROOT / "runbooks" / "serveurs-existants.md"
NETWORK = Network("gru-tests-existants", "172.30.30.0/24")
DONNEES = Server("donnees", "172.30.30.11")
METIER = Server("metier", "172.30.30.12", suite="bookworm", enters="admin", ssh_port=2222)
FRONT = Server("front", "172.30.30.13")
SERVERS = (DONNEES, METIER, FRONT)
ENVIRONMENT = {
    "GRU_SITES_DIRECTORY": str(WORK / "stacks"),
    "GRU_STATE_DIRECTORY": str(WORK / "state"),
    "GRU_STACK": NAME,
    "GRU_INVENTORY": str(WORK / "state" / NAME / "inventory.json"),
}


def gru(*words: str, code: int | None = 0) -> str:
    """What a command of `gru` says, on both outputs. It must end with `code`, with any where that is None."""
    command = [str(BIN / "gru"), *words[:1], "--stack", NAME, *words[1:]]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | ENVIRONMENT, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert code in (None, done.returncode), said
    print(said)
    return said


@pytest.fixture(scope="module")
def park() -> Iterator[Park]:
    """The three servers, and the runbook's site beside the procedures of `stacks/local`."""
    park = Park(NETWORK, WORK / "existants")
    shutil.rmtree(WORK / "state" / NAME, ignore_errors=True)
    park.prepare()
    for server in SERVERS:
        park.start(server)
    for server in SERVERS:
        park.wait(server)
    park.hide_from_the_operator(METIER)
    write_site(park)
    yield park
    if not os.environ.get("GRU_KEEP_TEST_STACK"):
        park.remove()


def write_site(park: Park, *changes: tuple[str, str]) -> None:
    """The site of the runbook, at the addresses of these servers, with parts of its text replaced."""
    folder = WORK / "stacks" / NAME
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "stacks" / "local", folder)
    found = re.search(r"```yaml\n(version: 1\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, "the runbook gives no site"
    text = found[1].replace("10.20.0.", "172.30.30.").replace("~/.ssh/id_ed25519", str(park.key_file))
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "site.yaml").write_text(text, encoding="utf-8")


def inside(park: Park, server: Server, command: str) -> None:
    """Run a command on a server's own console, as whoever stands in front of it."""
    run("docker", "exec", park.container(server), "sh", "-c", command)


def test_what_prevents_an_installation_is_told_before_it_begins(park: Park) -> None:
    """Each server's own reason, all at once; nothing is written on any."""
    inside(park, METIER, "mv /etc/sudoers.d/admin /root/admin")
    write_site(park, ("[database, idp, mail]", "[idp, mail]"), ("[processing, ", "[database, processing, "))
    said = gru("up", code=1)
    inside(park, METIER, "mv /root/admin /etc/sudoers.d/admin")
    write_site(park)
    assert "Rien n'a été changé sur les hôtes" in said
    assert "hôte metier : sudo demande un mot de passe à « admin »" in said
    assert "hôte metier : il est sous Debian 12, or il faut Debian 13 pour database (PostgreSQL 17)" in said
    for server in SERVERS:
        inside(park, server, "! test -e /etc/gru")


def test_preview_knows_new_servers(park: Park) -> None:
    said = gru("preview")
    for server in SERVERS:
        assert f"hôte {server.name} : jamais installé" in said
    assert f"{len(SERVERS)} changements prévus." in said


def test_one_command_installs_and_verifies(park: Park) -> None:
    said = gru("up", "--json", code=None)
    result = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    print({phase["name"]: phase["seconds"] for phase in result["phases"]})
    assert result["failed"] == 0, said


def test_a_second_time_changes_nothing(park: Park) -> None:
    said = gru("up", "--json", "--no-verify")
    result = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    assert (result["changed"], result["failed"]) == (0, 0), said


def test_every_command_is_root_wherever_it_enters(park: Park) -> None:
    for server in SERVERS:
        assert gru("ssh", server.name, "--", "id", "-un", "&&", "test", "-r", "/etc/ssl/gru/host.key") == "root\n"
    status = json.loads(gru("status", "--json"))
    assert status["healthy"]
    assert {component["host"] for component in status["components"]} == {server.name for server in SERVERS}
    gru("populate", "--requests", "20")
    gru("populate", "--remove")
    assert "Aucun courriel gardé" in gru("mail", "--to", "personne@admiville.example")


def test_residents_and_agents_are_served(park: Park) -> None:
    """The journey of tests/browser, from an account to an answered request, with mails."""
    journey = "tests/browser/test_journey.py::test_a_report_is_filed_answered_and_followed"
    words = [str(BIN / "pytest"), "-q", "-p", "no:django", "-p", "no:cacheprovider", journey]
    done = subprocess.run(words, cwd=ROOT, env=os.environ | ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_replaced_server_is_accepted_by_name_then_restored(park: Park) -> None:
    """Its key is another: every command says so in one sentence, until the operator accepts it."""
    park.replace(FRONT)
    park.wait(FRONT)
    for command in ("verify", "up"):
        said = gru(command, code=1)
        assert f"gru hosts accept front --stack {NAME}" in said
        assert "@@@@" not in said
    said = gru_hosts_accept("front")
    assert "clé connue" in said
    assert "la fonction monitoring garde ses données" in said
    gru("up", "--no-verify")
    assert json.loads(gru("status", "--json"))["healthy"]


def gru_hosts_accept(host: str) -> str:
    """`gru hosts accept`, whose options come after its own words."""
    command = [str(BIN / "gru"), "hosts", "accept", host, "--yes", "--stack", NAME]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    known = read_known_hosts()
    assert known.count("172.30.30.13 ") == 1 or "|1|" in known
    return done.stdout + done.stderr


def read_known_hosts() -> str:
    """What `gru` knows of the servers' keys."""
    return Path(WORK / "state" / NAME / "ssh" / "known_hosts").read_text(encoding="utf-8")
