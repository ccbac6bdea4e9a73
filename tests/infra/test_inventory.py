"""What Ansible is told of a site, in one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.inventory import read_inventory, write_inventory
from infra.model import load_site
from infra.site_plan import make_plan
from infra.state import Stack
from tests.infra.site_file import LOCAL, changed


def test_public_addresses_are_those_of_the_functions_carried(tmp_path: Path) -> None:
    assert load_site(LOCAL).public_urls() == {
        "portal": "https://portail.gru.test",
        "idp": "https://connexion.gru.test",
        "processing": "https://agents.gru.test",
        "monitoring": "https://supervision.gru.test",
        "consultation": "https://ecoute.gru.test",
        "franceconnect_simulator": "https://franceconnect.gru.test",
    }
    without = changed(tmp_path, ("  ecouter:\n    functions: [consultation]\n", ""))
    assert "consultation" not in load_site(without).public_urls()


def test_public_addresses_tell_a_port_that_is_not_the_usual_one(tmp_path: Path) -> None:
    path = changed(tmp_path, ("  publish_address: 127.0.10.1\n", "  publish_address: 127.0.10.1\n  https_port: 8443\n"))
    assert load_site(path).public_urls()["portal"] == "https://portail.gru.test:8443"


def test_a_host_that_the_inventory_does_not_hold_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A role tried alone: the others' names lead where the trial says."""
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    stack = Stack("local")
    stack.directory.mkdir()
    site = load_site(LOCAL)
    topology = make_plan("local", site, image="i", ssh_public_key="k").inventory()
    hosts = topology["hosts"]
    assert isinstance(hosts, dict)
    write_inventory(stack, site, topology | {"hosts": {"front": hosts["front"]}})
    carriers = read_inventory(stack)["all"]["vars"]["gru_carriers"]
    assert [host["address"] for host in carriers["proxy"] + carriers["portal"]] == ["172.30.10.14", "web.gru.test"]
