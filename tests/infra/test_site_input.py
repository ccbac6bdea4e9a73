"""Whatever `site.yaml` says, it makes a site that everything after can use, or a refusal in French with the line."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.addressing import settled
from infra.model import Site, SiteError, load_site
from infra.model.loading import _OTHERWISE
from infra.private_network import met_on_this_machine, why_not_private
from infra.site_plan import make_plan
from tests.infra.site_file import LOCAL, changed

SHIPPED = LOCAL.read_bytes()
NO_DEADLINE = settings(
    deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def told(path: Path) -> str:
    """What is said of the file; empty where it is a site, whose plan is then made."""
    try:
        site = load_site(path)
    except SiteError as refusal:
        return str(refusal)
    make_plan("ville", settled(site, {}), image="image", ssh_public_key="cle")
    return ""


def places(value: Any, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a value."""
    found = [here] if here else []
    if isinstance(value, dict):
        return found + [place for key in value for place in places(value[key], (*here, key))]
    if isinstance(value, list):
        return found + [place for rank, item in enumerate(value) for place in places(item, (*here, rank))]
    return found


SITES = {
    name: yaml.safe_load((LOCAL.parents[1] / name / "site.yaml").read_text(encoding="utf-8"))
    for name in ("local", "admiville")
}
"""Those of `stacks/`: containers and a cloud, which between them say nearly every key."""
NONSENSE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True),
    st.text(max_size=80),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=8), st.integers(), max_size=3),
    st.sampled_from(["{{ 7 * 7 }}", "..", "a" * 70, "1.2.3.4/33", "localhost", "\u202e", "-oProxyCommand=x", "😀"]),
)


@NO_DEADLINE
@given(place=st.sampled_from([(name, *place) for name in SITES for place in places(SITES[name])]), value=NONSENSE)
def test_a_value_replaced_by_nonsense_makes_no_traceback(
    tmp_path: Path, place: tuple[str | int, ...], value: object
) -> None:
    """One value of a shipped site, whichever it is."""
    site: Any = copy.deepcopy(SITES[str(place[0])])
    parent = site
    for part in place[1:-1]:
        parent = parent[part]
    parent[place[-1]] = value
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True), encoding="utf-8")
    for sentence in told(path).splitlines():
        assert sentence.startswith(str(path))
        assert _OTHERWISE not in sentence


@NO_DEADLINE
@given(start=st.integers(0, len(SHIPPED)), length=st.integers(0, 30), content=st.binary(max_size=30))
def test_a_damaged_file_makes_no_traceback(tmp_path: Path, start: int, length: int, content: bytes) -> None:
    """Bytes replaced by others."""
    path = tmp_path / "site.yaml"
    path.write_bytes(SHIPPED[:start] + content + SHIPPED[start + length :])
    assert "Traceback" not in told(path)


@pytest.mark.parametrize(
    ("old", "new", "line_part", "words"),
    [
        ("172.30.10.0/24", "8.8.8.0/24", "network:", "n'est pas un réseau privé"),
        ("172.30.10.0/24", "172.0.0.0/8", "network:", "n'est pas un réseau privé"),
        ("172.30.10.0/24", "127.0.0.0/8", "network:", "réservé à un autre usage"),
        ("172.30.10.0/24", "224.0.0.0/24", "network:", "réservé à un autre usage"),
        ("172.30.10.0/24", "172.30.10.0/29", "network:", "trop petit pour 8 hôtes"),
        ("172.30.10.0/24", "172.30.10.7/24", "network:", "il faut un réseau comme"),
        ("[idp]", "[idp]\n    address: 172.30.10.1", "address: 172.30.10.1", "celle de la passerelle"),
        ("[idp]", "[idp]\n    address: 172.30.10.255", "address: 172.30.10.255", "celle de diffusion"),
        ("  sso:", "  localhost:", "localhost:", "a déjà un sens"),
        ("  sso:", "  all:", "  all:", "a déjà un sens"),
        ("domain: gru.test", f"domain: {'a' * 64}.fr", "domain:", "63 signes au plus"),
        ("domain: gru.test", f"domain: {'a.' * 130}fr", "domain:", "253 en tout"),
        ("domain: gru.test", "domain: Admiville.fr", "domain:", "écrivez admiville.fr"),
        ("domain: gru.test", f"domain: {'a' * 60}.fr", "  db:", "la limite est de 64"),
        ("features:", "names:\n  portal: https://ville.fr\nfeatures:", "portal: https", "n'est pas un nom de domaine"),
        ("features:", "names:\n  porte: a.fr\nfeatures:", "porte: a.fr", "choix possibles : consultation"),
        ("features:", "names:\n  idp: agents.gru.test\nfeatures:", "idp: agents", "nom public de « processing »"),
        ("name: Admiville", 'name: "Admi\\nville"', "name:", "une seule ligne"),
        ("name: Admiville", f"name: {'a' * 400}", "name:", "trop long"),
        ("email: mairie@gru.test", 'email: "a{%@gru.test"', "email:", "la forme nom@domaine"),
        ("features:", "network:\n  debian_mirror: ftp://x\nfeatures:", "debian_mirror", "une adresse comme https"),
        ("features:", 'network:\n  debian_mirror: "http://x\\ndeb y"\nfeatures:', "debian_m", "une adresse comme"),
        ("memory_mb: 1024", "memory_mb: 99999999", "memory_mb", "hors limites"),
    ],
)
def test_what_would_fail_later_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line_part: str, words: str
) -> None:
    """Each was accepted, then failed on hosts or did something else."""
    path = changed(tmp_path, (old, new))
    said = [line for line in told(path).splitlines() if words in line]
    assert said, told(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert f"ligne {next(rank for rank, line in enumerate(lines, 1) if line_part in line)} " in said[0]


@pytest.mark.parametrize("word", ["off", "'off'", "false"])
def test_off_is_a_word_whichever_way_it_is_written(tmp_path: Path, word: str) -> None:
    """YAML 1.1 reads it as false, YAML 1.2 as a text."""
    path = changed(tmp_path, ("franceconnect: simulated", f"franceconnect: {word}"), (", franceconnect_simulator", ""))
    assert load_site(path).features.franceconnect == "off"


def test_the_right_names_are_accepted(tmp_path: Path) -> None:
    """The apex, an international name, a name of another domain."""
    names = "names:\n  portal: admiville.fr\n  idp: xn--orlans-dva.fr\n  consultation: avis.ville.xn--p1ai\nfeatures:"
    site: Site = load_site(changed(tmp_path, ("features:", names)))
    assert site.public_names()["portal"] == "admiville.fr"


def test_private_networks_are_those_of_the_standards() -> None:
    """RFC 1918 and 6598; examples are in RFC 5737's."""
    from ipaddress import IPv4Network

    assert not any(why_not_private(IPv4Network(n)) for n in ("10.0.0.0/8", "172.31.0.0/16", "100.64.1.0/24"))
    assert all(why_not_private(IPv4Network(n)) for n in ("172.32.0.0/16", "9.0.0.0/8", "10.0.0.0/7", "169.254.0.0/16"))


def test_a_network_of_this_machine_is_met(tmp_path: Path) -> None:
    """The kernel's own table; the default route and Docker's bridges are no such network."""
    from ipaddress import IPv4Network

    header = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    row = "{}\t{}\t00000000\t0001\t0\t0\t0\t{}\t0\t0\t0\n"
    routes = tmp_path / "route"
    rows = [("eth0", "00000000", "00000000"), ("br-1", "000A1EAC", "00FFFFFF"), ("eth0", "0000A8C0", "0000FFFF")]
    routes.write_text(header + "".join(row.format(*one) for one in rows), encoding="ascii")
    assert met_on_this_machine(IPv4Network("192.168.7.0/24"), routes) == ("192.168.0.0/16", "eth0")
    assert met_on_this_machine(IPv4Network("172.30.10.0/24"), routes) is None
    assert met_on_this_machine(IPv4Network("10.0.0.0/8"), tmp_path / "absent") is None


def test_a_refusal_is_french(tmp_path: Path) -> None:
    """No word of the library reaches the operator."""
    path = changed(tmp_path, ("version: 1", "version: [1]"), ("hosts:", "names: 3\nhosts:"), ("sink: true", "sink: {}"))
    assert not re.search(r"\b(should|Input|valid)\b", told(path))
    assert len(told(path).splitlines()) == 3
