"""The program declares what the plan says (Pulumi's mocks: no engine, no Docker)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pulumi
import pytest
from infra_world import make_plan

from infra.plan import HostPlan, NetworkPlan, StackPlan
from infra.program import program
from infra.targets import Ownership, TargetError, get_target

OWNERSHIP = Ownership("essai", "0123", "/etat")


class Recorder(pulumi.runtime.Mocks):
    """Remembers what was registered."""

    def __init__(self) -> None:
        self.resources: dict[tuple[str, str], dict[str, Any]] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.resources[args.typ.rpartition(":")[2], args.name] = args.inputs
        extra = {"container_id": f"id-{args.name}", "network_id": "n1"}
        return f"{args.name}-id", {**args.inputs, **extra}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"nothing is asked of a provider: {args.token}")


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    mocks = Recorder()
    pulumi.runtime.set_mocks(mocks, project="gru", stack="essai", preview=False)
    yield mocks
    pulumi.runtime.set_mocks(Recorder(), project="gru", stack="essai", preview=False)


def run(plan: StackPlan, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run the program to its end; give its outputs' values."""
    exported: dict[str, Any] = {}
    values: dict[str, Any] = {}
    monkeypatch.setattr(pulumi, "export", exported.__setitem__)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def whole() -> Any:
        program(plan, OWNERSHIP)()
        return pulumi.Output.all(**exported).apply(values.update)

    whole()
    return values


def test_plan_becomes_network_volumes_and_hosts(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = run(make_plan("essai", 1), monkeypatch)
    assert set(recorder.resources) == {
        ("DockerNetwork", "network"),
        ("DockerVolume", "h0-base"),
        ("DockerHost", "h0"),
        ("DockerHost", "h1"),
    }
    host = recorder.resources["DockerHost", "h0"]
    assert host["name"] == "gru-essai-h0"
    assert host["hostname"] == "h0.essai.test"
    assert host["network_id"] == "n1"
    assert host["mounts"] == [{"volume": "gru-essai-h0-base", "path": "/donnees"}]
    assert host["ports"] == [{"address": "127.0.241.1", "host_port": 22001, "container_port": 22}]
    assert {"portail.test", "h1", "h1.essai.test"} == set(recorder.resources["DockerHost", "h1"]["aliases"])
    assert all(inputs["owner"] == "0123" for inputs in recorder.resources.values())
    assert outputs["inventory"]["hosts"]["h1"]["instance"] == "id-h1"


def test_existing_servers_are_only_recorded(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    host = HostPlan("db", "db.test", "192.0.2.7", ("database",), ssh_user="debian", ssh_port=2222)
    network = NetworkPlan("192.0.2.0/24", "-", made=False)
    plan = replace(make_plan("essai", 1), target="existing", hosts=(host,), network=network)
    outputs = run(plan, monkeypatch)
    assert recorder.resources == {}
    record = outputs["inventory"]["hosts"]["db"]
    assert record["ssh"] == {"address": "192.0.2.7", "port": 2222, "user": "debian"}
    assert record["instance"] == "192.0.2.7:2222"


def test_existing_servers_get_nothing_they_cannot_have() -> None:
    plan = replace(make_plan("essai", 1), target="existing")
    with pytest.raises(
        TargetError, match=r"h0 demande un port publié, ce que la cible « existing » ne sait pas donner"
    ):
        get_target("existing").check(plan)


def test_unknown_target_is_told_with_the_known_ones() -> None:
    with pytest.raises(TargetError, match=r"nuage.*docker, existing"):
        get_target("nuage")
