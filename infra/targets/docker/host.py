"""Driver of a host: a container whose process 1 is systemd, reached by SSH.

Two traps are handled here. A host is replaced only when nothing else helps, because what is outside its
volumes is lost: names, memory and the SSH key are changed in place, a stopped host is started again. And an
interrupted creation leaves a container that no state knows: it carries our labels, so the next run replaces it.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docker.errors import APIError, NotFound
from docker.models.containers import Container

from infra.targets.base import Ownership
from infra.targets.docker.client import client, explained, labels, require_ours
from infra.targets.errors import TargetError

RUNNING = "running"
STOP_SECONDS = 20
"""How long a host with data may take to shut down cleanly before it is killed."""

ORDINARY_WEIGHT = 100
"""Weight of a host that says nothing, in systemd's scale (CPUWeight=, systemd.resource-control(5))."""

ORDINARY_SHARES = 1024
"""The same in Docker's scale (``docker run --cpu-shares``)."""

NO_LIMIT = 2**50
"""Memory (bytes) that no machine has: the engine takes 0 for "unchanged" and refuses -1 in place."""

CAPABILITIES = ("NET_ADMIN", "SYS_ADMIN")
"""Beyond Docker's defaults. A host sets the firewall of its own network, systemd mounts file systems; ``--privileged``
fails where the engine lacks one."""

TMPFS = {"/run": "exec,mode=755", "/run/lock": "", "/tmp": "exec,mode=1777"}  # noqa: S108

SYSCTLS = {"net.unix.max_dgram_qlen": "512"}
"""What systemd sets on a machine and cannot set here. With the kernel's 10, a front that answers a hundred requests a
second loses one line of its journal in a thousand: it does not wait for journald (measured with `gru load run spike`).
"""

INIT = (
    "/bin/sh",
    "-c",
    # On a unified cgroup hierarchy Docker gives a read-only view of the host's own (private) subtree; systemd
    # must write in it. On the older hierarchies there is no such file and systemd finds its own way.
    "[ ! -e /sys/fs/cgroup/cgroup.controllers ] || mount -o remount,rw /sys/fs/cgroup; exec /sbin/init",
)


@dataclass(frozen=True, slots=True)
class Port:
    """A published port."""

    address: str
    host_port: int
    container_port: int


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume (its name in Docker) and where the host sees it."""

    volume: str
    path: str


@dataclass(frozen=True, slots=True)
class HostSpec:
    """What the host must be. `memory` is in MiB, 0 for no limit; `cpu_weight` counts only when processors are short."""

    ownership: Ownership
    name: str
    hostname: str
    network: str
    network_id: str
    address: str
    image: str
    ssh_public_key: str
    aliases: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    mounts: tuple[Mount, ...] = ()
    memory: int = 0
    cpu_weight: int = ORDINARY_WEIGHT

    def names(self) -> list[str]:
        """All names in the network; some engines add the host's own without being asked."""
        return sorted({self.hostname, *self.aliases})

    def digest(self) -> str:
        """Hash of what cannot be changed without replacing the host; written on it as a label."""
        fixed = {
            "hostname": self.hostname,
            "network": self.network_id,
            "address": self.address,
            "image": self.image,
            "ports": [[p.address, p.host_port, p.container_port] for p in self.ports],
            "mounts": [[m.volume, m.path] for m in self.mounts],
            "capabilities": CAPABILITIES,
        }
        return hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class HostState:
    """What a host was found to be: Docker's id, its status, digest it was made with, names, memory (MiB), weight."""

    container_id: str
    status: str
    digest: str
    aliases: tuple[str, ...]
    memory: int
    cpu_weight: int


class HostDriver:
    """Make, look at, mend and remove one host."""

    def create(self, spec: HostSpec) -> HostState:
        """A new running host. Whatever an interrupted run left under that name is replaced."""
        with explained(f"créer l'hôte {spec.name}"):
            self._remove(spec)
            api = client().api
            endpoint = api.create_endpoint_config(ipv4_address=spec.address, aliases=spec.names())
            # The published types of docker-py ask for one endpoint; its code and documentation for a mapping.
            networking = api.create_networking_config({spec.network: endpoint})  # type: ignore[arg-type]
            made = api.create_container(
                spec.image,
                command=list(INIT),
                name=spec.name,
                hostname=spec.hostname,
                labels=labels(spec.ownership, spec.name, spec.digest()),
                ports=[port.container_port for port in spec.ports],
                host_config=api.create_host_config(**_host_config(spec)),
                networking_config=networking,
                stop_signal="SIGRTMIN+3",
                environment={"container": "docker"},
            )
            try:
                api.put_archive(made["Id"], "/", _authorised_key(spec.ssh_public_key))
                api.start(made["Id"])
            except BaseException:
                api.remove_container(made["Id"], force=True, v=True)
                raise
        state = self.observe(spec)
        if state is None:
            raise TargetError(f"l'hôte {spec.name} a disparu pendant sa création")
        return state

    def observe(self, spec: HostSpec) -> HostState | None:
        """What the host is now, or nothing when it is gone."""
        with explained(f"lire l'hôte {spec.name}"):
            found = _find(spec.name)
            if found is None:
                return None
            require_ours("le conteneur", spec.name, found.labels, spec.ownership)
            attrs: dict[str, Any] = found.attrs or {}
            limits: dict[str, Any] = attrs.get("HostConfig", {})
            networks = attrs.get("NetworkSettings", {}).get("Networks", {})
            automatic = {str(found.id)[:12], spec.name}
            return HostState(
                container_id=str(found.id),
                status=str(attrs.get("State", {}).get("Status", "")),
                digest=str((found.labels or {}).get("gru.spec", "")),
                aliases=tuple(a for a in (networks.get(spec.network) or {}).get("Aliases") or [] if a not in automatic),
                memory=int(limits.get("Memory", 0)) % NO_LIMIT // 2**20,
                cpu_weight=round(int(limits.get("CpuShares") or ORDINARY_SHARES) * ORDINARY_WEIGHT / ORDINARY_SHARES),
            )

    def mend(self, spec: HostSpec) -> HostState:
        """Bring an existing host to its specification without replacing it: running, named, limited, reachable."""
        state = self.observe(spec)
        if state is None:
            return self.create(spec)
        with explained(f"réparer l'hôte {spec.name}"):
            api = client().api
            if {spec.hostname, *state.aliases} != set(spec.names()):
                api.disconnect_container_from_network(spec.name, spec.network, force=True)
                api.connect_container_to_network(
                    spec.name, spec.network, ipv4_address=spec.address, aliases=spec.names()
                )
            if state.memory != spec.memory:
                limit = spec.memory * 2**20 or NO_LIMIT
                api.update_container(spec.name, mem_limit=limit, memswap_limit=limit)
            if state.cpu_weight != spec.cpu_weight:
                api.update_container(spec.name, cpu_shares=_shares(spec))
            api.put_archive(spec.name, "/", _authorised_key(spec.ssh_public_key))
            if state.status == "paused":
                api.unpause(spec.name)
            elif state.status != RUNNING:
                api.start(spec.name)
        after = self.observe(spec)
        if after is None or after.status != RUNNING:
            raise TargetError(
                f"l'hôte {spec.name} ne démarre pas (état : {after.status if after else 'disparu'}) ; "
                f"voyez : docker logs {spec.name}"
            )
        return after

    def remove(self, spec: HostSpec) -> None:
        """Stop the host (cleanly when it has data) and remove it; nothing to do when it is gone."""
        with explained(f"supprimer l'hôte {spec.name}"):
            self._remove(spec)

    @staticmethod
    def _remove(spec: HostSpec) -> None:
        found = _find(spec.name)
        if found is not None:
            require_ours("le conteneur", spec.name, found.labels, spec.ownership)
            discard(found)


def discard(container: Container) -> None:
    """Remove a container; one with data gets the time to close its files."""
    has_data = bool((container.attrs or {}).get("Mounts"))
    try:
        if has_data and container.status == RUNNING:
            container.stop(timeout=STOP_SECONDS)
        container.remove(force=True, v=True)
    except NotFound:
        return
    except APIError as error:
        if "already in progress" not in str(error.explanation):
            raise


def changes(old: HostSpec, status: str, digest: str, new: HostSpec) -> tuple[list[str], list[str]]:
    """What differs: properties that ask for a replacement, and properties that can be mended."""
    fixed = ("name", "hostname", "network", "network_id", "address", "image", "ports", "mounts")
    replaces = [field for field in fixed if getattr(old, field) != getattr(new, field)]
    if not replaces and digest != new.digest():
        replaces.append("digest")
    mutable = ("memory", "cpu_weight", "ssh_public_key")
    mends = [field for field in mutable if getattr(old, field) != getattr(new, field)]
    if old.names() != new.names():
        mends.append("aliases")
    if status != RUNNING:
        mends.append("status")
    return replaces, mends


def _find(name: str) -> Container | None:
    try:
        return client().containers.get(name)
    except NotFound:
        return None


def _host_config(spec: HostSpec) -> Mapping[str, Any]:
    config: dict[str, Any] = {
        "binds": [f"{mount.volume}:{mount.path}" for mount in spec.mounts],
        "port_bindings": {port.container_port: (port.address, port.host_port) for port in spec.ports},
        "cap_add": list(CAPABILITIES),
        "tmpfs": TMPFS,
        "cgroupns": "private",
        "network_mode": spec.network,
        "restart_policy": {"Name": "unless-stopped"},
        "cpu_shares": _shares(spec),
        "sysctls": SYSCTLS,
    }
    if spec.memory:
        config |= {"mem_limit": spec.memory * 2**20, "memswap_limit": spec.memory * 2**20}
    if any("apparmor" in option for option in client().info().get("SecurityOptions") or []):
        # Docker's default profile forbids mounts, which systemd needs whatever its capabilities.
        config["security_opt"] = ["apparmor=unconfined"]
    return config


def _shares(spec: HostSpec) -> int:
    return spec.cpu_weight * ORDINARY_SHARES // ORDINARY_WEIGHT


def _authorised_key(public_key: str) -> bytes:
    """An archive with root's authorised key, ready before the host first boots."""
    content = public_key.strip().encode() + b"\n"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        folder = tarfile.TarInfo("root/.ssh")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o700
        archive.addfile(folder)
        entry = tarfile.TarInfo("root/.ssh/authorized_keys")
        entry.size, entry.mode = len(content), 0o600
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
