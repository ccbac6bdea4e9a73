"""The plan refuses contradictions and tells topology, never a secret."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from infra_world import PUBLIC_KEY, make_plan

from infra.plan import INVENTORY_VERSION, DataDirectory, HostPlan, NetworkPlan, PlanError, PublishedPort
from infra.program import with_instances


def test_inventory_is_json_and_tells_how_to_reach_each_host() -> None:
    inventory = with_instances(make_plan("essai", 1), {"h0": "abc", "h1": "def"})
    assert json.loads(json.dumps(inventory)) == inventory
    assert inventory["version"] == INVENTORY_VERSION
    assert inventory["hosts"]["h1"]["ssh"] == {"address": "127.0.241.1", "port": 22002, "user": "root"}
    assert inventory["hosts"]["h1"]["instance"] == "def"
    assert inventory["names"] == {"portal": "portail.essai.test"}
    assert PUBLIC_KEY not in json.dumps(inventory)


def test_host_without_published_ssh_is_reached_at_its_address() -> None:
    host = HostPlan("db", "db.test", "192.0.2.7", ("database",), ssh_port=2222)
    assert host.ssh_endpoint() == ("192.0.2.7", 2222)
    elsewhere = replace(host, ssh_address="bastion.test")
    assert elsewhere.ssh_endpoint() == ("bastion.test", 2222)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"address": "192.0.2.1"}, "n'est pas dans le réseau"),
        ({"address": "172.30.241.1"}, "réservée"),
        ({"address": "172.30.241.11"}, "adresse en double"),
        ({"name": "h1"}, "nom d'hôte en double"),
        ({"name": "Hôte"}, "nom d'hôte invalide"),
        ({"publish": (PublishedPort("127.0.241.1", 22002, 22),)}, "port publié en double"),
        (
            {"data": (DataDirectory("a", "/a"), DataDirectory("a", "/b"))},
            "répertoire de données de l'hôte h0 en double",
        ),
    ],
)
def test_contradictions_are_refused_in_words(change: dict[str, object], message: str) -> None:
    plan = make_plan("essai", 1)
    first = replace(plan.hosts[0], **change)  # type: ignore[arg-type]
    with pytest.raises(PlanError, match=message):
        replace(plan, hosts=(first, *plan.hosts[1:]))


def test_addresses_of_existing_servers_are_not_ours_to_judge() -> None:
    host = HostPlan("db", "db.test", "192.0.2.7", ("database",))
    network = NetworkPlan("10.0.0.0/24", "-", made=False)
    plan = replace(make_plan("essai", 1), target="existing", hosts=(host,), network=network)
    assert plan.hosts[0].address == "192.0.2.7"
