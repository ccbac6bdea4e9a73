"""Pulumi dynamic resources over the Docker drivers: thin, so that the drivers can be tested without Pulumi.

The provider classes are pickled *by reference* (this module's name is in the state of every stack): state holds
no code, and a correction made here also serves to refresh and destroy what an older version made. Numbers come
back as floats and unknown values as a marker string, both dealt with in `host_spec`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult

from infra.targets.base import Ownership
from infra.targets.docker.host import ORDINARY_WEIGHT, HostDriver, HostSpec, HostState, Mount, Port, changes
from infra.targets.docker.network import NetworkDriver, NetworkSpec
from infra.targets.docker.volume import VolumeDriver, VolumeSpec

Props = dict[str, Any]
SCHEMA = 1
"""Raise to make an update run on every resource although nothing asked for changed."""

COMMON = ("schema", "stack", "owner", "state", "name")


def common_props(ownership: Ownership, name: str) -> Props:
    """Inputs of every resource."""
    return {
        "schema": SCHEMA,
        "stack": ownership.stack,
        "owner": ownership.owner,
        "state": ownership.state,
        "name": name,
    }


def _ownership(props: Mapping[str, Any]) -> Ownership:
    return Ownership(str(props["stack"]), str(props["owner"]), str(props["state"]))


def _inputs(props: Mapping[str, Any], fields: Sequence[str]) -> Props:
    """What `read` gives back as inputs: without this, a refresh keeps old inputs and later diffs are strange."""
    return {field: props[field] for field in fields if field in props}


class NetworkProvider(ResourceProvider):
    """The hosts' network; its Docker id is an output, so that a new network means new hosts."""

    serialize_as_secret_always = False

    @staticmethod
    def _spec(props: Mapping[str, Any]) -> NetworkSpec:
        return NetworkSpec(_ownership(props), str(props["name"]), str(props["cidr"]))

    def create(self, props: Props) -> CreateResult:
        """Make the network, or take over the one there is."""
        network_id = NetworkDriver().ensure(self._spec(props))
        return CreateResult(str(props["name"]), {**props, "network_id": network_id})

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """A new name or range needs another network; a new schema of the state is a change alone."""
        replaces = [field for field in ("name", "cidr") if olds.get(field) != news.get(field)]
        changed = bool(replaces) or olds.get("schema") != news.get("schema")
        return DiffResult(changes=changed, replaces=replaces, delete_before_replace=True)

    def read(self, id_: str, props: Props) -> ReadResult:
        """The network as it is; no id when it is gone."""
        found = NetworkDriver().observe(self._spec(props))
        if found is None:
            return ReadResult("", {})
        network_id, cidr = found
        outs = {**props, "network_id": network_id, "cidr": cidr}
        return ReadResult(id_, outs, _inputs(outs, (*COMMON, "cidr")))

    def update(self, _id: str, olds: Props, news: Props) -> UpdateResult:
        """Nothing to do on the machine: only the state follows."""
        return UpdateResult({**news, "network_id": olds["network_id"]})

    def delete(self, _id: str, props: Props) -> None:
        """Remove the network."""
        NetworkDriver().remove(self._spec(props))


class VolumeProvider(ResourceProvider):
    """A host's data. The program asks Pulumi to retain it: only `gru down` removes data, by label."""

    serialize_as_secret_always = False

    @staticmethod
    def _spec(props: Mapping[str, Any]) -> VolumeSpec:
        return VolumeSpec(_ownership(props), str(props["name"]))

    def create(self, props: Props) -> CreateResult:
        """Make the volume, or take over the one there is."""
        return CreateResult(VolumeDriver().ensure(self._spec(props)), dict(props))

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """A new name needs another volume; a new schema of the state is a change alone."""
        replaces = ["name"] if olds.get("name") != news.get("name") else []
        changed = bool(replaces) or olds.get("schema") != news.get("schema")
        return DiffResult(changes=changed, replaces=replaces)

    def read(self, id_: str, props: Props) -> ReadResult:
        """The volume as recorded; no id when it is gone."""
        if not VolumeDriver().observe(self._spec(props)):
            return ReadResult("", {})
        return ReadResult(id_, dict(props), _inputs(props, COMMON))

    def update(self, _id: str, _olds: Props, news: Props) -> UpdateResult:
        """Nothing to do on the machine: only the state follows."""
        return UpdateResult(dict(news))

    def delete(self, _id: str, props: Props) -> None:
        """Remove the volume and what it holds."""
        VolumeDriver().remove(self._spec(props))


HOST_FIELDS = (
    *COMMON,
    "hostname",
    "network",
    "network_id",
    "address",
    "image",
    "ssh_public_key",
    "aliases",
    "ports",
    "mounts",
    "memory",
    "cpu_weight",
)


def host_spec(props: Mapping[str, Any]) -> HostSpec:
    """The driver's specification; protobuf made every number a float."""
    return HostSpec(
        ownership=_ownership(props),
        name=str(props["name"]),
        hostname=str(props["hostname"]),
        network=str(props["network"]),
        network_id=str(props["network_id"]),
        address=str(props["address"]),
        image=str(props["image"]),
        ssh_public_key=str(props["ssh_public_key"]),
        aliases=tuple(str(alias) for alias in props["aliases"]),
        ports=tuple(Port(str(p["address"]), int(p["host_port"]), int(p["container_port"])) for p in props["ports"]),
        mounts=tuple(Mount(str(m["volume"]), str(m["path"])) for m in props["mounts"]),
        memory=int(props["memory"]),
        # State written before hosts had weights says nothing of it.
        cpu_weight=int(props.get("cpu_weight", ORDINARY_WEIGHT)),
    )


def host_props(spec: HostSpec) -> Props:
    """The inputs that give `spec` back through `host_spec`."""
    return {
        **common_props(spec.ownership, spec.name),
        "hostname": spec.hostname,
        "network": spec.network,
        "network_id": spec.network_id,
        "address": spec.address,
        "image": spec.image,
        "ssh_public_key": spec.ssh_public_key,
        "aliases": list(spec.aliases),
        "ports": [
            {"address": p.address, "host_port": p.host_port, "container_port": p.container_port} for p in spec.ports
        ],
        "mounts": [{"volume": m.volume, "path": m.path} for m in spec.mounts],
        "memory": spec.memory,
        "cpu_weight": spec.cpu_weight,
    }


def _observed(props: Props, state: HostState) -> Props:
    return {
        **props,
        "container_id": state.container_id,
        "status": state.status,
        "digest": state.digest,
        "aliases": sorted(state.aliases, key=_order(props["aliases"])),
        "memory": state.memory,
        "cpu_weight": state.cpu_weight,
    }


def _order(wanted: Sequence[str]) -> Any:
    """Docker gives names in any order: keep ours, so that a refresh shows no difference."""
    position = {alias: index for index, alias in enumerate(wanted)}
    return lambda alias: (position.get(alias, len(position)), alias)


class HostProvider(ResourceProvider):
    """A host. Outputs add ``container_id``, ``status`` and ``digest`` to the inputs."""

    serialize_as_secret_always = False

    def create(self, props: Props) -> CreateResult:
        """Make and start the host."""
        return CreateResult(str(props["name"]), _observed(props, HostDriver().create(host_spec(props))))

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """What can be mended is; anything else needs another host, made once the old one is removed."""
        old, new = host_spec(olds), host_spec(news)
        status, digest = str(olds.get("status", "")), str(olds.get("digest", ""))
        replaces, mends = changes(old, status, digest, new)
        changed = bool(replaces or mends) or olds.get("schema") != news.get("schema")
        return DiffResult(changes=changed, replaces=replaces, delete_before_replace=True)

    def read(self, id_: str, props: Props) -> ReadResult:
        """The host as it is; no id when it is gone."""
        state = HostDriver().observe(host_spec(props))
        if state is None:
            return ReadResult("", {})
        return ReadResult(id_, _observed(props, state), _inputs(props, HOST_FIELDS))

    def update(self, _id: str, _olds: Props, news: Props) -> UpdateResult:
        """Mend the host in place."""
        return UpdateResult(_observed(news, HostDriver().mend(host_spec(news))))

    def delete(self, _id: str, props: Props) -> None:
        """Remove the host; its volumes stay."""
        HostDriver().remove(host_spec(props))


class DockerNetwork(Resource, module="gru", name="DockerNetwork"):
    """The network of a stack."""

    network_id: pulumi.Output[str]

    def __init__(
        self, name: str, ownership: Ownership, docker_name: str, cidr: str, opts: pulumi.ResourceOptions
    ) -> None:
        props = {**common_props(ownership, docker_name), "cidr": cidr, "network_id": None}
        super().__init__(NetworkProvider(), name, props, opts)


class DockerVolume(Resource, module="gru", name="DockerVolume"):
    """Data of a host."""

    def __init__(self, name: str, ownership: Ownership, docker_name: str, opts: pulumi.ResourceOptions) -> None:
        super().__init__(VolumeProvider(), name, common_props(ownership, docker_name), opts)


class DockerHost(Resource, module="gru", name="DockerHost"):
    """A host."""

    container_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        spec: HostSpec,
        network_id: pulumi.Input[str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        props = {**host_props(spec), "network_id": network_id, "container_id": None}
        super().__init__(HostProvider(), name, props, opts)
