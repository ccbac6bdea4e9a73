"""The dynamic providers as the engine reaches them: over gRPC, in their own process, without the engine.

Mocks run no provider code; here imports, pickling, floats and lost outputs would show.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import docker
import grpc
import pytest
from google.protobuf.struct_pb2 import Struct
from infra_world import PUBLIC_KEY, TINY_IMAGE, wipe
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from infra.state import SOURCE_DIRECTORY
from infra.targets.base import Ownership
from infra.targets.docker.host import HostSpec, Port
from infra.targets.docker.resources import (
    HostProvider,
    NetworkProvider,
    VolumeProvider,
    common_props,
    host_props,
)

STACK = "essai-grpc"
OWNERSHIP = Ownership(STACK, "0123", "/etat")
Stub = provider_pb2_grpc.ResourceProviderStub


@contextmanager
def served(**environment: str) -> Iterator[Stub]:
    command = [sys.executable, "-u", "-m", "pulumi.dynamic"]
    variables = os.environ | {"PYTHONPATH": str(SOURCE_DIRECTORY)} | environment
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=variables) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield Stub(channel)
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with served() as server:
        yield server


@pytest.fixture
def clean(docker_engine: docker.DockerClient) -> Iterator[docker.DockerClient]:
    wipe(docker_engine, STACK)
    yield docker_engine
    wipe(docker_engine, STACK)


def struct(provider: Any, values: dict[str, Any]) -> Struct:
    message = Struct()
    message.update({**values, "__provider": serialize_provider(provider)})
    return message


def host_values(network_id: str) -> dict[str, Any]:
    spec = HostSpec(
        ownership=OWNERSHIP,
        name=f"gru-{STACK}-h",
        hostname="h.test",
        network=f"gru-{STACK}",
        network_id=network_id,
        address="172.30.249.200",
        image=TINY_IMAGE,
        ssh_public_key=PUBLIC_KEY,
        ports=(Port("127.0.249.1", 22001, 22),),
        memory=64,
    )
    return host_props(spec)


@pytest.mark.parametrize("provider", [HostProvider(), NetworkProvider(), VolumeProvider()])
def test_providers_are_recorded_by_reference(provider: Any) -> None:
    """By value, state would hold code bound to one version of Python, and corrections would not reach it."""
    content = base64.b64decode(serialize_provider(provider))
    assert b"infra.targets.docker.resources" in content
    assert len(content) < 200


def test_check_and_diff_answer_without_docker() -> None:
    with served(DOCKER_HOST="tcp://127.0.0.1:9") as stub:
        values = host_values("n1")
        news = struct(HostProvider(), values)
        checked = stub.Check(provider_pb2.CheckRequest(urn="u", olds=Struct(), news=news))
        assert not checked.failures
        outs = {**values, "status": "running", "digest": "made-otherwise"}
        olds = struct(HostProvider(), outs)
        answer = stub.Diff(provider_pb2.DiffRequest(id="i", urn="u", olds=olds, news=news))
        assert list(answer.replaces) == ["digest"]
        assert answer.deleteBeforeReplace


def test_no_engine_is_told_in_words() -> None:
    properties = struct(VolumeProvider(), common_props(OWNERSHIP, f"gru-{STACK}-v"))
    request = provider_pb2.CreateRequest(urn="u", properties=properties)
    with served(DOCKER_HOST="tcp://127.0.0.1:9") as stub, pytest.raises(grpc.RpcError) as caught:
        stub.Create(request)
    assert "aucun moteur Docker ne répond" in caught.value.details()


def test_life_over_grpc(stub: Stub, clean: docker.DockerClient, tiny_image: str) -> None:
    assert tiny_image == TINY_IMAGE
    network_values = {**common_props(OWNERSHIP, f"gru-{STACK}"), "cidr": "172.30.249.192/26"}
    network = created(stub, NetworkProvider(), network_values)
    host = created(stub, HostProvider(), host_values(network["network_id"]))
    assert host["status"] == "running"
    assert clean.containers.get(f"gru-{STACK}-h").id == host["container_id"]

    diff = differ(stub, HostProvider())
    assert diff(host, host_values(network["network_id"])).changes == provider_pb2.DiffResponse.DIFF_NONE
    clean.containers.get(f"gru-{STACK}-h").kill()
    observed = stub.Read(provider_pb2.ReadRequest(id=host["name"], urn="u", properties=struct(HostProvider(), host)))
    stopped = dict(observed.properties)
    assert stopped["status"] == "exited"
    assert observed.inputs["memory"] == 64
    answer = diff(stopped, host_values(network["network_id"]))
    assert (answer.changes, list(answer.replaces)) == (provider_pb2.DiffResponse.DIFF_SOME, [])

    update = provider_pb2.UpdateRequest(
        id=host["name"],
        urn="u",
        olds=struct(HostProvider(), stopped),
        news=struct(HostProvider(), host_values(network["network_id"])),
    )
    assert stub.Update(update).properties["status"] == "running"

    for provider, values in ((HostProvider(), host), (NetworkProvider(), network)):
        properties = struct(provider, values)
        for _ in range(2):  # gone already is as good as removed
            stub.Delete(provider_pb2.DeleteRequest(id=values["name"], urn="u", properties=properties))
        answer = stub.Read(provider_pb2.ReadRequest(id=values["name"], urn="u", properties=properties))
        assert answer.id == "", "what is gone is told as gone"


def created(stub: Stub, provider: Any, values: dict[str, Any]) -> dict[str, Any]:
    answer = stub.Create(provider_pb2.CreateRequest(urn="u", properties=struct(provider, values)))
    assert answer.id
    found = dict(answer.properties)
    found.pop("__provider")
    return found


def differ(stub: Stub, provider: Any) -> Callable[[dict[str, Any], dict[str, Any]], Any]:
    def diff(olds: dict[str, Any], news: dict[str, Any]) -> Any:
        request = provider_pb2.DiffRequest(id="i", urn="u", olds=struct(provider, olds), news=struct(provider, news))
        return stub.Diff(request)

    return diff
