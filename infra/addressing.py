"""Address and SSH port of each host that we make: those it had at the last `gru up`, else the first that are free.

By order alone, a host written among the others would move every host after it, hence make them all again, and the
first of them would ask for an address that its neighbour still holds.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from infra.model import Site
from infra.model.site import FIRST_ADDRESS


@dataclass(frozen=True, slots=True)
class Place:
    """Where a host was found: its address in the private network and its published SSH port."""

    address: ipaddress.IPv4Address
    ssh_port: int


def settled(site: Site, known: Mapping[str, Place]) -> Site:
    """`site` with an address (and a published SSH port) written for every host; unchanged where others made the hosts.

    What the site says comes first, then what the host had (`known`), as long as the target still allows it.
    """
    target = site.target
    if not target.capabilities.makes_hosts:
        return site
    addresses = _allot(
        {name: int(host.address) if host.address else None for name, host in site.hosts.items()},
        {name: int(place.address) for name, place in known.items() if place.address in target.network},
        int(target.network.network_address) + FIRST_ADDRESS,
    )
    ports: dict[str, int | None] = {name: host.ssh_port for name, host in site.hosts.items()}
    first_port = target.first_ssh_port()
    if first_port is not None:
        ports = {**_allot(ports, {name: place.ssh_port for name, place in known.items()}, first_port)}
    hosts = {
        name: host.model_copy(update={"address": ipaddress.IPv4Address(addresses[name]), "ssh_port": ports[name]})
        for name, host in site.hosts.items()
    }
    return site.model_copy(update={"hosts": hosts})


def _allot(said: Mapping[str, int | None], had: Mapping[str, int], first: int) -> dict[str, int]:
    """One number for each name: the one said, else the one it had (not below `first`), else the first free.

    That of a host that leaves is not free yet: it holds it while its successor is made.
    """
    chosen = {name: number for name, number in said.items() if number is not None}
    for name in said:
        if name not in chosen and had.get(name, -1) >= first and had[name] not in chosen.values():
            chosen[name] = had[name]
    leaving = {number for name, number in had.items() if name not in said}
    free: Iterator[int] = (number for number in count(first) if number not in chosen.values() and number not in leaving)
    for name in said:
        if name not in chosen:
            chosen[name] = next(free)
    return chosen
