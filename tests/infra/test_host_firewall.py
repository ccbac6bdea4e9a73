"""What each host's firewall lets through: what functions say to one another, and the outside by port."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from infra.host_firewall import firewall_of
from infra.inventory_variables import Rule
from infra.model import Site, load_site
from infra.model.flows import CALLERS
from infra.model.ports import PORTS
from infra.model.site import Function
from infra.state import SOURCE_DIRECTORY, OperatorError
from tests.infra.site_file import LOCAL, changed

ADMIVILLE = SOURCE_DIRECTORY / "stacks" / "admiville" / "site.yaml"
OUTSIDE = {"packages", "cloud", "franceconnect", "mail", "watcher", "backup", "certificate"}


@pytest.fixture
def site() -> Site:
    return load_site(LOCAL)


def rules(found: list[Rule], use: str) -> list[tuple[list[int], list[str], list[str]]]:
    """Ports, networks and users of the rules of that use."""
    return [(rule["ports"], rule["networks"], rule["users"]) for rule in found if rule["use"] == use]


def test_the_database_is_asked_by_those_that_keep_data_there(site: Site) -> None:
    """The front, the supervision and the mail server have no way to it."""
    (found,) = rules(firewall_of(site, "db")["incoming"], "database.sql")
    named = {str(address): name for name, address in site.addresses().items()}
    assert [named[address] for address in found[1]] == ["sso", "web", "metier", "ecouter"]


def test_what_one_host_may_call_lets_it_in(site: Site) -> None:
    """Both ends agree, whatever the pair of hosts."""
    addresses = {name: str(address) for name, address in site.addresses().items()}
    walls = {name: firewall_of(site, name) for name in site.hosts}
    pairs = {
        way: {
            (host, other, rule["use"], port)
            for host, wall in walls.items()
            for rule in wall[way]  # type: ignore[literal-required]
            for port in rule["ports"]
            for other, address in addresses.items()
            if other != host and rule["use"] not in OUTSIDE and (not rule["networks"] or address in rule["networks"])
        }
        for way in ("incoming", "outgoing")
    }
    assert pairs["outgoing"] == {(caller, called, use, port) for called, caller, use, port in pairs["incoming"]}


def test_everybody_enters_by_the_web_of_the_front_alone(site: Site) -> None:
    wide = {
        (name, port)
        for name in site.hosts
        for rule in firewall_of(site, name)["incoming"]
        if not rule["networks"]
        for port in rule["ports"]
    }
    assert wide == {("front", 80), ("front", 443)}


def test_two_hosts_of_one_function_are_both_named() -> None:
    site = load_site(ADMIVILLE)
    (found,) = rules(firewall_of(site, "front")["outgoing"], "portal.web")
    assert found[1] == [str(site.addresses()[name]) for name in ("web1", "web2")]


def test_the_identity_provider_alone_calls_the_state_s_franceconnect(tmp_path: Path) -> None:
    real = ("franceconnect: simulated", "franceconnect: production")
    site = load_site(changed(tmp_path, real, ("[mail, franceconnect_simulator]", "[mail]")))
    callers = {name for name in site.hosts if rules(firewall_of(site, name)["outgoing"], "franceconnect")}
    assert callers == set(site.hosts_of(Function.IDP))
    (found,) = rules(firewall_of(site, callers.pop())["outgoing"], "franceconnect")
    assert found == ([443], [], [])


def test_functions_on_one_host_have_no_rule_between_them(tmp_path: Path) -> None:
    """They speak to one another on the loopback, which no rule shuts."""
    path = changed(
        tmp_path,
        ("  sso:\n    functions: [idp]\n", ""),
        ("    functions: [database]\n", "    functions: [database, idp]\n"),
    )
    site = load_site(path)
    (found,) = rules(firewall_of(site, "db")["incoming"], "database.sql")
    assert str(site.addresses()["db"]) not in found[1]


def test_sites_have_no_way_out(site: Site) -> None:
    """Packages are root's and apt's: neither the residents' site nor the agents' reaches anything outside."""
    for name in ("web", "metier", "ecouter"):
        outside = [rule for rule in firewall_of(site, name)["outgoing"] if not rule["networks"]]
        assert [(rule["use"], rule["ports"], rule["users"]) for rule in outside] == [
            ("packages", [80, 443], ["root", "_apt"])
        ]


def test_the_portal_cannot_send_a_mail(site: Site) -> None:
    """Its mails are sent from the agents' host: whoever breaks into it writes to nobody in the town's name."""
    assert rules(firewall_of(site, "web")["outgoing"], "mail.smtp") == []
    assert rules(firewall_of(site, "metier")["outgoing"], "mail.smtp") != []


def test_returns_are_told_by_the_mail_server() -> None:
    """Postfix hands undelivered mails to the sites themselves (runbooks/group_vars/mail.yml)."""
    assert Function.MAIL in CALLERS[Function.PROCESSING, "web"]
    assert Function.MAIL in CALLERS[Function.CONSULTATION, "web"]


def test_ports_outside_follow_what_the_site_reaches(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        ("  sink: true", "  relay: {host: relais.ville.fr, port: 465}"),
        ("backup:\n  kind: host\n", "backup:\n  kind: s3\n  endpoint: https://s3.ville.fr:9000\n  bucket: gru-essai\n"),
        ("monitoring, backup_repository", "monitoring"),
        (
            "features:\n",
            "network: {http_proxy: 'http://proxy.ville.fr:3128', debian_mirror: 'http://miroir.ville.fr:8080/debian'}\n"
            "monitoring: {watcher: 'https://veilleur.fr/ville'}\n"
            "certificate: {kind: acme, email: a@ville.fr, directory: 'https://acme.ville.fr:14000/dir',"
            " challenge: dns-01, dns: {server: 192.0.2.53, port: 5353, key_name: gru}}\nfeatures:\n",
        ),
    )
    site = load_site(path)

    def out(host: str, use: str) -> list[tuple[list[int], list[str], list[str]]]:
        return rules(firewall_of(site, host)["outgoing"], use)

    assert out("web", "packages") == [([80, 443, 3128, 8080], [], ["root", "_apt"])]
    assert out("courrier", "mail") == [([465], [], [])]
    assert out("veille", "watcher") == [([3128], [], [])]
    assert [host for host in site.hosts if out(host, "backup") == [([9000], [], [])]] == ["db", "sso", "ecouter"]
    assert out("front", "certificate") == [([14000], [], ["root"]), ([5353], ["192.0.2.53"], ["root"])]


def test_mails_that_come_back_may_come_from_anywhere(tmp_path: Path) -> None:
    path = changed(tmp_path, ("  sink: true", "  receive_returns: true\n  public_address: 192.0.2.25"))
    assert ([25], [], []) in rules(firewall_of(load_site(path), "courrier")["incoming"], "mail.returns")


def test_ssh_is_open_unless_the_site_says_from_where(tmp_path: Path, site: Site) -> None:
    """Published ports of containers come from the network's gateway: it is added."""
    assert firewall_of(site, "web")["ssh_networks"] == []
    path = changed(tmp_path, ("features:\n", "firewall: {ssh_from: [203.0.113.0/24, '2001:db8::/32']}\nfeatures:\n"))
    assert firewall_of(load_site(path), "web")["ssh_networks"] == ["203.0.113.0/24", "2001:db8::/32", "172.30.10.1/32"]


def test_on_a_cloud_the_front_alone_enters_the_others() -> None:
    site = load_site(ADMIVILLE)
    others = [str(address) for name, address in site.addresses().items() if name != "front"]
    assert rules(firewall_of(site, "front")["outgoing"], "ssh") == [([22], others, [])]
    assert rules(firewall_of(site, "web1")["outgoing"], "ssh") == []
    assert rules(firewall_of(site, "web1")["outgoing"], "cloud") == [([80], ["169.254.169.254"], ["root"])]


def test_a_server_that_is_the_others_way_in_may_enter_them(tmp_path: Path) -> None:
    """Its address is let in by them, where the site says from where SSH comes."""
    content = yaml.safe_load(LOCAL.read_text(encoding="utf-8"))
    content["target"] = {"kind": "existing", "network": "172.30.10.0/24", "jump_host": "admin@172.30.10.14:2222"}
    content["hosts"] = {
        name: {"functions": host["functions"], "address": f"172.30.10.{10 + rank}"}
        for rank, (name, host) in enumerate(content["hosts"].items())
    }
    content["hosts"]["front"]["ssh_port"] = 2222
    content["features"]["trial"] = True
    content["hosting"] = {"provider": "Ville", "address": "1 place", "phone": "0199", "country": "France"}
    content["firewall"] = {"ssh_from": ["203.0.113.0/24"]}
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    site = load_site(path)
    ((ports, networks, _),) = rules(firewall_of(site, "front")["outgoing"], "ssh")
    assert ports == [22, 2222]
    assert len(networks) == len(site.hosts) - 1
    assert firewall_of(site, "db")["ssh_networks"] == ["203.0.113.0/24", "172.30.10.14"]


def test_what_the_site_adds_is_on_every_host(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        (
            "features:\n",
            "firewall:\n  incoming: [{networks: [192.0.2.7/32], ports: [10050]}]\n"
            "  outgoing: [{networks: [192.0.2.8/32], ports: [10051, 514]}]\nfeatures:\n",
        ),
    )
    site = load_site(path)
    for name in site.hosts:
        wall = firewall_of(site, name)
        assert rules(wall["incoming"], "site.yaml") == [([10050], ["192.0.2.7/32"], [])]
        assert rules(wall["outgoing"], "site.yaml") == [([514, 10051], ["192.0.2.8/32"], [])]


@pytest.mark.parametrize(
    "written",
    [
        "ssh_from: [mairie]",
        "incoming: [{networks: [], ports: [1]}]",
        "outgoing: [{networks: [10.0.0.0/8], ports: [0]}]",
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, written: str) -> None:
    path = changed(tmp_path, ("features:\n", f"firewall:\n  {written}\nfeatures:\n"))
    with pytest.raises(OperatorError, match="firewall"):
        load_site(path)


def test_rules_are_named_after_the_table(site: Site) -> None:
    known = {f"{function}.{use}" for function, uses in PORTS.items() for use in uses}
    for name in site.hosts:
        uses = {rule["use"] for rule in (*firewall_of(site, name)["incoming"], *firewall_of(site, name)["outgoing"])}
        assert uses <= known | OUTSIDE
