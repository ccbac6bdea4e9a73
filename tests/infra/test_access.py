"""How hosts are entered: as root or by sudo, directly or by a jump host, under the key that they had."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra import host_keys
from infra.host_preflight.judgement import Facts, faults
from infra.inventory import make_inventory
from infra.model import Site, SiteError, load_site
from infra.model.debian import NEEDS_CURRENT, SAVED_NEEDS_CURRENT
from infra.model.site import Function
from infra.remote import enters_as_root, jumps, root_command, ssh_command
from infra.site_plan import make_plan
from infra.ssh_complaints import why
from infra.state import Stack
from tests.infra.site_file import changed

SERVERS = Path(__file__).parent / "sites" / "serveurs" / "site.yaml"
KEY = "  ssh_private_key_file: /etc/operateur/id_ed25519\n"


def site_with(tmp_path: Path, *changes: tuple[str, str]) -> Site:
    """The site on servers, with parts of its text replaced."""
    text = SERVERS.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return load_site(path)


def inventory_of(site: Site) -> dict[str, Any]:
    """What Ansible and `gru` are told of the site's hosts."""
    return make_inventory(Stack("ville"), site, make_plan("ville", site, image="", ssh_public_key="k").inventory())


def test_a_user_who_is_not_root_becomes_root_by_sudo(tmp_path: Path) -> None:
    inventory = inventory_of(site_with(tmp_path, ("192.0.2.31\n", "192.0.2.31\n    ssh_user: admin\n")))
    hosts = inventory["all"]["hosts"]
    assert (hosts["web1"]["ansible_user"], hosts["web1"]["ansible_become"]) == ("admin", True)
    assert "ansible_become" not in hosts["web2"]
    assert not enters_as_root(inventory, "web1")
    assert ssh_command(inventory, "web1")[-1] == "admin@192.0.2.31"


@pytest.mark.parametrize("words", [["echo", "a  b", ";", "echo", "'c d'"], ["printf", "'%s\\n'", '"$HOME"'], ["false"]])
def test_sudo_reads_the_words_as_the_shell_of_root_would(tmp_path: Path, words: list[str]) -> None:
    """Whoever enters, a command means the same: a stand-in for sudo shows what its shell is given."""
    inventory = inventory_of(site_with(tmp_path, ("192.0.2.31\n", "192.0.2.31\n    ssh_user: admin\n")))
    sudo = tmp_path / "sudo"
    sudo.write_text('#!/bin/sh\n[ "$1 $2" = "-n --" ] || exit 99\nshift 2\nexec "$@"\n', encoding="utf-8")
    sudo.chmod(0o755)

    def outcome(host: str) -> tuple[int, str]:
        said = root_command(inventory, host, words)[-1]
        run = subprocess.run(
            ["sh", "-c", said], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False
        )
        return run.returncode, run.stdout

    assert "sudo" in root_command(inventory, "web1", words)[-1]
    assert outcome("web1") == outcome("web2")


def test_a_jump_host_is_on_the_way_of_everything(tmp_path: Path) -> None:
    """With the same key, and the keys of hosts remembered at the same place."""
    inventory = inventory_of(site_with(tmp_path, (KEY, f"{KEY}  jump_host: admin@rebond.admiville.example:2200\n")))
    assert jumps(inventory, "web1")
    options = shlex.split(inventory["all"]["vars"]["ansible_ssh_common_args"])
    way = shlex.split(next(word for word in options if word.startswith("ProxyCommand=")).partition("=")[2])
    assert way[-5:] == ["-p", "2200", "-W", "[%h]:%p", "admin@rebond.admiville.example"]
    assert way[way.index("-i") + 1] == "/etc/operateur/id_ed25519"
    assert [word for word in way if word.startswith("UserKnownHostsFile=")] == [options[1]]
    assert not jumps(inventory_of(site_with(tmp_path)), "web1")


@pytest.mark.parametrize("place", ["rebond admin", "-oProxyCommand=x", "a@b@c", "admin@", "rebond:ssh"])
def test_a_jump_host_is_a_place(tmp_path: Path, place: str) -> None:
    with pytest.raises(SiteError, match=r"n'a pas la forme compte@nom:port"):
        site_with(tmp_path, (KEY, f"{KEY}  jump_host: '{place}'\n"))


def test_containers_are_entered_as_root(tmp_path: Path) -> None:
    path = changed(tmp_path, ("    functions: [database]\n", "    functions: [database]\n    ssh_user: admin\n"))
    with pytest.raises(SiteError, match="choisit le compte qui entre : retirez cette ligne"):
        load_site(path)


def test_functions_of_a_host_come_in_the_order_of_their_installation(tmp_path: Path) -> None:
    site = site_with(tmp_path, ("[database, idp, mail]", "[mail, idp, database]"))
    assert inventory_of(site)["all"]["hosts"]["donnees"]["gru_functions"] == ["database", "mail", "idp"]


def test_servers_find_one_another_without_the_town_s_dns(tmp_path: Path) -> None:
    told = inventory_of(site_with(tmp_path))["all"]["vars"]["gru_host_names"]
    assert told["192.0.2.20"] == ["donnees.admiville.example", "donnees"]
    assert told["192.0.2.1"][0] == "front.admiville.example"
    assert "portail.admiville.example" in told["192.0.2.1"]


@pytest.mark.parametrize("function", Function)
def test_the_debian_before_is_refused_where_a_function_needs_more(function: Function) -> None:
    facts = Facts.read(
        "user=root\nroot=yes\nsystem=debian\nrelease=12\nname=Debian 12\narchitecture=x86_64\ninit=systemd\npython=3\n",
        0,
        0,
    )
    told = [fault for fault in faults(facts, [function]) if "Debian 12" in fault]
    assert bool(told) is (function in NEEDS_CURRENT)
    if told:
        assert f"Debian 13 pour {function.value} ({NEEDS_CURRENT[function]})" in told[0]
    saved = [fault for fault in faults(facts, [function], saved=True) if "Debian 12" in fault]
    assert bool(saved) is (function in NEEDS_CURRENT | SAVED_NEEDS_CURRENT)


def test_a_reinstalled_jump_host_is_not_taken_for_the_host_behind(tmp_path: Path) -> None:
    inventory = inventory_of(site_with(tmp_path, (KEY, f"{KEY}  jump_host: admin@192.0.2.9\n")))
    said = "Host key for 192.0.2.9 has changed and you have requested strict checking.\nHost key verification failed."
    assert "la machine de rebond 192.0.2.9" in why(inventory, "web1", said)
    own = said.replace("192.0.2.9", "192.0.2.31")
    assert "gru hosts accept web1 --stack ville" in why(inventory, "web1", own)


def key_line(folder: Path, name: str, place: str) -> str:
    """A line of `known_hosts` for a key drawn now."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    return f"{place} {' '.join((folder / f'{name}.pub').read_text(encoding='utf-8').split()[:2])}"


def test_a_new_key_takes_the_place_of_the_old_one_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the name that ssh writes: with its port where it is not 22."""
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "etat"))
    stack, inventory = Stack("ville"), inventory_of(site_with(tmp_path))
    stack.known_hosts_file.parent.mkdir(parents=True)
    old, other, new = (
        key_line(tmp_path, name, place)
        for name, place in (("a", "[198.51.100.7]:2222"), ("b", "192.0.2.31"), ("c", "[198.51.100.7]:2222"))
    )
    stack.known_hosts_file.write_text(f"{old}\n{other}\n", encoding="utf-8")
    assert host_keys.known(stack, inventory, "front").lines == (old,)
    assert host_keys.known(stack, inventory, "web1").lines == (other,)
    host_keys.replace(stack, inventory, "front", host_keys.HostKeys((new,)))
    assert stack.known_hosts_file.read_text(encoding="utf-8") == f"{other}\n{new}\n"
    assert host_keys.HostKeys((new,)).fingerprints[0].startswith("ED25519 SHA256:")
