"""Checks of role `firewall`, on every host: shut both ways, but for what functions say to one another."""

from __future__ import annotations

import json
from typing import Any

import pytest
from testinfra.host import Host

from infra.model.ports import EVERY_HOST, PORTS, Audience
from tests.stack.passages import NUMBERS, TRY, declared, ports_of

NOWHERE = "192.0.2.1"
"""An address that nobody has (RFC 5737): what leaves for it is lost, not refused."""


@pytest.fixture
def host(host_name: str, host_by_name: Any, inventory: dict[str, Any]) -> Host:
    """Each host in turn; the check is left out where the site wants no firewall."""
    if not inventory["all"]["hosts"][host_name]["gru_firewall"]["enabled"]:
        pytest.skip("site.yaml ne veut pas de pare-feu (firewall.enabled)")
    return host_by_name(host_name)


def answers(host: Host, places: list[tuple[str, int]], user: str = "root") -> dict[tuple[str, int], str]:
    """``answers``, or why not, for each address and port, asked from a host as `user`."""
    told = host.check_output(f"runuser -u {user} -- python3 -c %s %s", TRY, json.dumps(places))
    return dict(zip(places, json.loads(told), strict=True))


def ssh_ports(host: Host) -> set[int]:
    """Ports on which SSH is served, as its own settings say."""
    return {int(line.split()[1]) for line in host.check_output("sshd -T").splitlines() if line.startswith("port ")}


def test_the_firewall_is_up(host: Host) -> None:
    """Le pare-feu de l'hôte refuse ce qui n'est pas nommé, dans les deux sens, et reviendra après un redémarrage."""
    for chain in ("entry", "exit"):
        assert "policy drop" in host.check_output(f"nft list chain inet gru {chain}")
    assert host.service("gru-firewall.service").is_enabled
    host.check_output("/usr/local/sbin/gru-firewall intact")


def test_nothing_listens_but_what_is_declared(host: Host, host_name: str, inventory: dict[str, Any]) -> None:
    """Rien n'écoute sur le réseau que la table des ports ne nomme."""
    known = {
        port.number
        for function in (EVERY_HOST, *inventory["all"]["hosts"][host_name]["gru_functions"])
        for port in PORTS[function].values()
        if port.audience is not Audience.HOST
    }
    assert ports_of(host.check_output("ss -Hltn")) - known - ssh_ports(host) == set()


def test_only_what_is_declared_answers(
    host: Host, host_name: str, inventory: dict[str, Any], host_by_name: Any
) -> None:
    """De cet hôte, on n'atteint sur les autres que les ports qui lui sont destinés ; ceux-là répondent."""
    hosts = inventory["all"]["hosts"]
    tried = {
        (hosts[name]["gru_address"], port): (host_name, name, port)
        for name in hosts
        if name != host_name
        for port in NUMBERS | ports_of(host_by_name(name).check_output("ss -Hltn"))
    }
    if not tried:
        pytest.skip("cet hôte est seul")
    found = answers(host, list(tried))
    reached = {tried[place] for place, answer in found.items() if answer == "answers"}
    wanted = {flow for flow in declared(hosts) if flow[0] == host_name and flow[1] != host_name}
    if any(rule["use"] == "ssh" for rule in hosts[host_name]["gru_firewall"]["outgoing"]):  # the others' jump host
        ways_in = {name: ssh_ports(host_by_name(name)) for name in hosts}
        wanted |= {flow for flow in tried.values() if flow[2] in ways_in[flow[1]]}
    assert reached == wanted


def test_no_site_leaves_the_platform(host: Host) -> None:
    """Un programme de l'hôte qui n'est pas root n'atteint pas le Web du dehors : un site forcé n'a pas cette sortie."""
    places = [(NOWHERE, port) for port in (80, 4444, 8080)]
    assert set(answers(host, places, "nobody").values()) == {"ECONNREFUSED"}
