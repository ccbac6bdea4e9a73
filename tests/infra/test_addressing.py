"""A host keeps its address and its SSH port whatever is written around it; what the site says comes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.addressing import Place, settled
from infra.inventory import known_places, write_inventory
from infra.model import Site, load_site
from infra.plan import HostPlan
from infra.site_plan import make_plan
from infra.state import Stack
from tests.infra.site_file import changed


def local(tmp_path: Path, *changes: tuple[str, str]) -> Site:
    return load_site(changed(tmp_path, *changes))


def hosts(site: Site) -> dict[str, HostPlan]:
    return {host.name: host for host in make_plan("local", site, image="i", ssh_public_key="k").hosts}


def places(site: Site) -> dict[str, Place]:
    addresses = site.addresses()
    return {name: Place(addresses[name], host.ssh_endpoint()[1]) for name, host in hosts(site).items()}


@pytest.fixture
def before(tmp_path: Path) -> dict[str, Place]:
    """Where the hosts of the shipped site are, once it is up."""
    return places(settled(local(tmp_path), {}))


def test_a_first_time_gives_the_order_s_addresses(tmp_path: Path) -> None:
    site = local(tmp_path)
    assert places(settled(site, {})) == places(site)


def test_a_host_written_among_the_others_moves_none(tmp_path: Path, before: dict[str, Place]) -> None:
    split = local(
        tmp_path,
        ("  courrier:\n    functions: [mail, franceconnect_simulator]", "  courrier:\n    functions: [mail]"),
        ("  sso:\n", "  simulateur:\n    functions: [franceconnect_simulator]\n  sso:\n"),
    )
    after = places(settled(split, before))
    assert {name: place for name, place in after.items() if name in before} == before
    assert after["simulateur"] not in before.values()
    assert len({place.address for place in after.values()}) == len({p.ssh_port for p in after.values()}) == len(after)


def test_a_host_that_left_frees_its_place(tmp_path: Path, before: dict[str, Place]) -> None:
    merged = local(
        tmp_path,
        ("  veille:\n    functions: [monitoring, backup_repository]\n", ""),
        (
            "functions: [mail, franceconnect_simulator]",
            "functions: [mail, franceconnect_simulator, monitoring, backup_repository]",
        ),
    )
    renamed = settled(merged, before)
    assert "veille" not in renamed.hosts
    assert {name: before[name] for name in renamed.hosts} == places(renamed)
    again = settled(local(tmp_path), places(renamed))
    assert places(again) == before


def test_what_the_site_says_comes_first_and_whoever_was_there_moves(tmp_path: Path, before: dict[str, Place]) -> None:
    wanted = before["sso"].address
    site = local(
        tmp_path,
        ("  veille:\n", f"  veille:\n    address: {wanted}\n"),
        ("  sso:\n", "  sso:\n    address: 172.30.10.99\n"),
    )
    after = settled(site, before).addresses()
    assert after["veille"] == wanted
    assert str(after["sso"]) == "172.30.10.99"
    assert after["web"] == before["web"].address


def test_another_network_starts_again(tmp_path: Path, before: dict[str, Place]) -> None:
    moved = settled(local(tmp_path, ("172.30.10.0/24", "172.31.7.0/24")), before)
    assert [str(address) for address in moved.addresses().values()][:2] == ["172.31.7.10", "172.31.7.11"]
    assert [hosts(moved)[name].ssh_endpoint()[1] for name in before] == [p.ssh_port for p in before.values()]


def test_places_are_read_back_from_the_inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "etat"))
    stack = Stack("local")
    assert known_places(stack) == {}
    stack.directory.mkdir(parents=True, exist_ok=True)
    site = settled(local(tmp_path), {})
    record = {
        name: {
            "fqdn": host.fqdn,
            "functions": list(host.functions),
            "ssh": {"address": host.ssh_endpoint()[0], "port": host.ssh_endpoint()[1], "user": "root"},
        }
        for name, host in hosts(site).items()
    }
    write_inventory(stack, site, {"version": 1, "hosts": record})
    assert known_places(stack) == places(site)
