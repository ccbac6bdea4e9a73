"""What Ansible is told of a site, in one file."""

from __future__ import annotations

from pathlib import Path

from infra.model import load_site
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
