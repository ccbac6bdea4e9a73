"""What the Docker drivers decide without Docker: what changes a host, what a failure means, what is written."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from typing import Any

import pytest
from docker.errors import APIError, ImageNotFound

from infra.targets.base import Ownership
from infra.targets.docker import host as host_module
from infra.targets.docker.client import busy_port, explained, labels, require_ours
from infra.targets.docker.host import HostSpec, Mount, Port, changes
from infra.targets.docker.resources import HostProvider, NetworkProvider, host_props, host_spec
from infra.targets.errors import TargetError

OURS = Ownership("essai", "0123", "/etat")
SPEC = HostSpec(
    ownership=OURS,
    name="gru-essai-db",
    hostname="db.test",
    network="gru-essai",
    network_id="n1",
    address="172.30.241.10",
    image="gru-base:1",
    ssh_public_key="ssh-ed25519 AAAA",
    aliases=("db.test", "db"),
    ports=(Port("127.0.241.1", 22001, 22),),
    mounts=(Mount("gru-essai-db-base", "/donnees"),),
    memory=512,
)


def through_protobuf(props: dict[str, Any]) -> dict[str, Any]:
    """What the engine does to numbers."""
    ports = [{**port, "host_port": float(port["host_port"])} for port in props["ports"]]
    numbers = {name: float(props[name]) for name in ("memory", "cpu_weight", "schema")}
    return {**props, **numbers, "ports": ports}


def test_specification_survives_the_engine() -> None:
    assert host_spec(through_protobuf(host_props(SPEC))) == SPEC


@pytest.mark.parametrize(
    ("change", "replaces", "mends"),
    [
        ({}, [], []),
        ({"image": "gru-base:2"}, ["image"], []),
        ({"address": "172.30.241.99"}, ["address"], []),
        ({"network_id": "n2"}, ["network_id"], []),
        ({"mounts": ()}, ["mounts"], []),
        ({"aliases": ("db", "db.test")}, [], []),
        ({"aliases": ("db", "autre.test")}, [], ["aliases"]),
        ({"memory": 0}, [], ["memory"]),
        ({"cpu_weight": 20}, [], ["cpu_weight"]),
        ({"ssh_public_key": "ssh-ed25519 BBBB"}, [], ["ssh_public_key"]),
    ],
)
def test_a_host_is_replaced_only_when_it_cannot_be_mended(
    change: dict[str, Any], replaces: list[str], mends: list[str]
) -> None:
    assert changes(SPEC, "running", replace(SPEC, **change).digest(), replace(SPEC, **change)) == (replaces, mends)


def test_a_stopped_host_is_mended_and_one_made_otherwise_is_replaced() -> None:
    assert changes(SPEC, "exited", SPEC.digest(), SPEC) == ([], ["status"])
    assert changes(SPEC, "running", "another", SPEC) == (["digest"], [])


def test_diff_waits_for_nothing_when_the_network_is_not_known_yet() -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    olds = {**host_props(SPEC), "status": "running", "digest": SPEC.digest()}
    result = HostProvider().diff("id", olds, {**host_props(SPEC), "network_id": unknown})
    assert result.changes
    assert result.delete_before_replace
    assert "network_id" in (result.replaces or [])


def test_network_is_replaced_when_its_addresses_change() -> None:
    olds = {"name": "n", "cidr": "172.30.241.0/24", "schema": 1.0, "network_id": "x"}
    result = NetworkProvider().diff("n", olds, {**olds, "cidr": "172.30.242.0/24"})
    assert (result.changes, result.replaces) == (True, ["cidr"])
    assert NetworkProvider().diff("n", olds, dict(olds)).changes is False


@pytest.mark.parametrize(
    ("reason", "port"),
    [
        (
            "driver failed programming external connectivity on endpoint x: "
            "Bind for 127.0.10.1:443 failed: port is already allocated",
            "127.0.10.1:443",
        ),
        (
            "Error starting userland proxy: listen tcp4 127.0.10.1:80: bind: address already in use",
            "127.0.10.1:80",
        ),
        ("failed to bind host port for 127.0.0.1:443:172.18.0.2:443/tcp: address already in use", "127.0.0.1:443"),
        ("something else at 127.0.10.1:80", None),
    ],
)
def test_a_busy_port_is_named(reason: str, port: str | None) -> None:
    assert busy_port(reason) == port


def test_failures_say_what_to_do() -> None:
    with (
        pytest.raises(TargetError, match=r"impossible de créer l'hôte db : le port 127\.0\.10\.1:443 est déjà pris"),
        explained("créer l'hôte db"),
    ):
        raise APIError("500", explanation="Bind for 127.0.10.1:443 failed: port is already allocated")
    with pytest.raises(TargetError, match=r"impossible d'enregistrer.*l'image de base"), explained("enregistrer"):
        raise ImageNotFound("404")
    with pytest.raises(TargetError, match="aucun moteur Docker ne répond"), explained("créer"):
        raise ConnectionRefusedError


def test_what_is_not_ours_is_not_touched() -> None:
    require_ours("le volume", "v", labels(OURS, "v"), OURS)
    with pytest.raises(TargetError, match="n'a pas été créé par la GRU"):
        require_ours("le volume", "v", {"autre": "x"}, OURS)
    other = labels(Ownership("essai", "9999", "/ailleurs"), "v")
    with pytest.raises(TargetError, match=r"autre installation.*/ailleurs.*docker volume rm"):
        require_ours("le volume", "v", other, OURS)


def test_only_root_reads_the_authorised_key() -> None:
    content = host_module._authorised_key(" ssh-ed25519 AAAA \n")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        modes = {member.name: oct(member.mode) for member in archive}
        entry = archive.extractfile("root/.ssh/authorized_keys")
        assert entry is not None
        assert entry.read() == b"ssh-ed25519 AAAA\n"
    assert modes == {"root/.ssh": "0o700", "root/.ssh/authorized_keys": "0o600"}
