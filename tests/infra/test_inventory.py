"""What Ansible is told of a site, in one file."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.cli.franceconnect import franceconnect
from infra.inventory import read_inventory, write_inventory
from infra.model import load_site
from infra.model.franceconnect import FranceConnect, as_inventory
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


@pytest.mark.parametrize(
    ("choice", "issuer", "outside"),
    [
        ("off", "", []),
        ("simulated", "https://franceconnect.gru.test/api/v2", []),
        ("integration", "https://fcp-low.sbx.dev-franceconnect.fr/api/v2", ["fcp-low.sbx.dev-franceconnect.fr"]),
        ("production", "https://oidc.franceconnect.gouv.fr/api/v2", ["oidc.franceconnect.gouv.fr"]),
    ],
)
def test_what_the_identity_provider_calls_outside_is_told(choice: str, issuer: str, outside: list[str]) -> None:
    told = as_inventory(FranceConnect(choice), "https://franceconnect.gru.test")
    assert told == {"issuer": issuer, "outside": outside}


def test_what_to_declare_to_franceconnect_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Addresses to the letter: FranceConnect compares them so."""
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    said = CliRunner().invoke(franceconnect, ["--stack", "local"], catch_exceptions=False).output
    for value in (
        "https://portail.gru.test/",
        "https://connexion.gru.test/?openidconnectcallback=1",
        "https://connexion.gru.test/?logout=1",
        "gru secret set franceconnect_client_secret",
    ):
        assert value in said
