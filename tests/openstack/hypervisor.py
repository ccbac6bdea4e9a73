"""The machines of the tests' cloud: each server that Nova says it runs becomes a container with systemd.

    python -m tests.openstack.hypervisor IMAGE

The control plane's own driver runs nothing. This process looks at the cloud as its operator, and makes what is there
true in Docker, again and again: a network with the same addresses, a machine with its port's address and MAC, the
user data of its configuration drive for cloud-init, its volumes as block devices, its security groups as rules of its
own network namespace, its floating address as a second leg. Labels tell what it made: it may stop and start again.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docker.errors import DockerException
from docker.models.containers import Container
from keystoneauth1.exceptions import ClientException
from openstack.connection import Connection
from openstack.exceptions import SDKException

from infra.targets.docker.client import client
from tests.openstack import containers, disks
from tests.openstack.cloud import administrator
from tests.openstack.firewall import ruleset

EVERY = 2
"""Seconds between two looks: each costs the control plane a tenth of a second of processor."""

SERVER_LABEL = f"{containers.LABEL}.server"
NETWORK_LABEL = f"{containers.LABEL}.network"
CONFIG_DRIVE = "/var/lib/cloud/seed/config_drive/openstack/latest"
"""Where cloud-init looks for the content of a configuration drive, without a drive."""


@dataclass
class World:
    """What the cloud says there is, at one moment."""

    servers: dict[str, Any]
    ports: dict[str, list[Any]]
    networks: set[str]
    rules: list[Any]
    members: dict[str, list[str]]
    floating: dict[str, Any]
    """By the port it leads to."""
    sizes: dict[str, int]
    """Of volumes, in GiB."""

    @classmethod
    def seen(cls, admin: Connection) -> World:
        """Ask the cloud. Raises SDKException or ClientException while it starts or is overloaded."""
        servers = [one for one in admin.compute.servers(all_projects=True) if one.status in ("ACTIVE", "SHUTOFF")]
        ports: dict[str, list[Any]] = defaultdict(list)
        members: dict[str, list[str]] = defaultdict(list)
        for port in admin.network.ports():
            if port.device_owner.startswith("compute:"):
                ports[port.device_id].append(port)
                for group in port.security_group_ids:
                    members[group] += [fixed["ip_address"] for fixed in port.fixed_ips]
        attached = any(one.attached_volumes for one in servers)
        return cls(
            servers={one.id: one for one in servers if ports[one.id]},
            ports=ports,
            networks={one.id for one in admin.network.networks()},
            rules=list(admin.network.security_group_rules()),
            members=members,
            floating={one.port_id: one for one in admin.network.ips() if one.port_id},
            sizes={one.id: one.size for one in admin.block_storage.volumes(all_projects=True)} if attached else {},
        )


@dataclass
class Hypervisor:
    """Makes what the cloud says true in Docker."""

    admin: Connection
    image: str
    _rules: dict[int, str] = field(default_factory=dict)
    """What each machine, by its first process, was given."""
    _disks: dict[tuple[int, str], int] = field(default_factory=dict)
    """Size of each volume that a machine, by its first process, was given."""

    def reconcile(self) -> None:
        """Bring Docker to what the cloud says now."""
        world = World.seen(self.admin)
        machines = {one.labels[SERVER_LABEL]: one for one in _machines()}
        for gone in machines.keys() - world.servers.keys():
            machines[gone].remove(force=True, v=True)
            say(f"machine retirée : {machines[gone].name}")
        for identifier, server in world.servers.items():
            machine = machines.get(identifier) or self._create(server, world.ports[identifier])
            if _is_running(machine, wanted=server.status == "ACTIVE"):
                self._dress(machine, server, world)
        disks.keep_only({volume["id"] for server in world.servers.values() for volume in server.attached_volumes or ()})
        _forget_networks(world.networks)

    def _create(self, server: Any, ports: Sequence[Any]) -> Container:
        first, *others = ports
        machine = containers.create(
            self.image,
            f"gru-test-openstack-{server.name}-{server.id[:8]}",
            hostname=server.name,
            network_name=self._network(first.network_id),
            address=first.fixed_ips[0]["ip_address"],
            mac=first.mac_address,
            label="machine",
            labels={SERVER_LABEL: server.id},
            device_cgroup_rules=[disks.CGROUP_RULE],
            mem_limit=f"{server.flavor.ram}m",
        )
        machine.put_archive("/", containers.archive(self._config_drive(server), mode=0o600))
        for port in others:
            client().api.connect_container_to_network(
                str(machine.id), self._network(port.network_id), ipv4_address=port.fixed_ips[0]["ip_address"]
            )
        say(f"machine créée : {server.name} {first.fixed_ips[0]['ip_address']}")
        return machine

    def _config_drive(self, server: Any) -> dict[str, bytes]:
        keys = {}
        if server.key_name:
            pair = self.admin.compute.get(
                f"/os-keypairs/{server.key_name}?user_id={server.user_id}", microversion="2.10"
            ).json()["keypair"]
            keys = {pair["name"]: pair["public_key"]}
        meta = {
            "uuid": server.id,
            "name": server.name,
            "hostname": server.name,
            "meta": server.metadata,
            "project_id": server.project_id,
            "public_keys": keys,
        }
        files = {f"{CONFIG_DRIVE}/meta_data.json": json.dumps(meta).encode()}
        if server.user_data:
            files[f"{CONFIG_DRIVE}/user_data"] = base64.b64decode(server.user_data)
        return files

    def _dress(self, machine: Container, server: Any, world: World) -> None:
        """Give a running machine its floating address, rules and volumes."""
        ports = world.ports[server.id]
        self._floating(machine, ports, world.floating)
        text = ruleset(ports, world.rules, world.members)
        process = int((machine.attrs or {})["State"]["Pid"])
        if self._rules.get(process) != text:
            words = ["nsenter", "-t", str(process), "-n", "iptables-restore"]
            subprocess.run(words, input=text, text=True, check=True)
            self._rules[process] = text
        for volume in server.attached_volumes or ():
            size = world.sizes[volume["id"]]
            if self._disks.get((process, volume["id"])) != size:
                disks.attach(machine, volume["id"], size)
                self._disks[process, volume["id"]] = size

    def _floating(self, machine: Container, ports: Sequence[Any], floating: Mapping[str, Any]) -> None:
        legs = (machine.attrs or {})["NetworkSettings"]["Networks"]
        own = {self._network(port.network_id) for port in ports}
        wanted = {
            self._network(found.floating_network_id): found.floating_ip_address
            for port in ports
            if (found := floating.get(port.id))
        }
        for name, leg in legs.items():
            if name not in own and wanted.get(name) != leg["IPAddress"]:
                client().api.disconnect_container_from_network(str(machine.id), name, force=True)
        for name, address in wanted.items():
            if name not in legs or legs[name]["IPAddress"] != address:
                client().api.connect_container_to_network(str(machine.id), name, ipv4_address=address)

    def _network(self, identifier: str) -> str:
        """Docker's network for one of the cloud's, made if needed."""
        name = f"gru-test-openstack-{identifier[:8]}"
        if not client().networks.list(names=[f"^{name}$"]):
            subnet = next(self.admin.network.subnets(network_id=identifier))
            marks = {NETWORK_LABEL: identifier}
            containers.network(name, subnet.cidr, gateway=subnet.gateway_ip, label="network", labels=marks)
        return name


def _machines() -> list[Container]:
    return client().containers.list(all=True, filters={"label": SERVER_LABEL})


def _forget_networks(known: set[str]) -> None:
    for found in client().networks.list(filters={"label": NETWORK_LABEL}):
        if (found.attrs or {})["Labels"][NETWORK_LABEL] not in known:
            found.reload()
            if not found.containers:
                found.remove()


def _is_running(machine: Container, *, wanted: bool) -> bool:
    """Start or stop the machine as its server is; whether it runs."""
    machine.reload()
    if not wanted:
        if machine.status == "running":
            machine.stop(timeout=20)
            say(f"machine arrêtée : {machine.name}")
        return False
    if machine.status != "running":
        # systemd leaves at once, with 255, where the machine has no inotify instance left: it is tried again.
        machine.start()
        time.sleep(0.3)
        machine.reload()
    return machine.status == "running"


def say(text: str) -> None:
    """One line of the journal."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def main(image: str) -> None:
    """Look at the cloud until ended by a signal; what fails is told, and tried again."""
    hypervisor = Hypervisor(administrator(), image)
    while True:
        try:
            hypervisor.reconcile()
        except (SDKException, ClientException):
            say(traceback.format_exc())
            # A connection keeps the list of services that it was first told: a cloud still starting has few of them.
            hypervisor.admin = administrator()
        except (DockerException, subprocess.CalledProcessError):
            say(traceback.format_exc())
        time.sleep(EVERY)


if __name__ == "__main__":
    main(*sys.argv[1:])
