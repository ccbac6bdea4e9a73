"""Which networks may be a stack's private one: nobody else's, and none that this machine already speaks to."""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path

_PRIVATE = tuple(ipaddress.IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""RFC 1918."""
_SHARED = (
    ipaddress.IPv4Network("100.64.0.0/10"),  # RFC 6598: networks of operators and of tunnels
    ipaddress.IPv4Network("192.0.2.0/24"),  # RFC 5737: documentation, hence examples and tests
    ipaddress.IPv4Network("198.51.100.0/24"),
    ipaddress.IPv4Network("203.0.113.0/24"),
)
_ROUTES = Path("/proc/net/route")
_DOCKER_BRIDGES = ("docker", "br-")
"""Docker itself refuses a network that meets another of its own, and tells whose."""


def why_not_private(network: ipaddress.IPv4Network) -> str:
    """Why hosts cannot trust whoever speaks from `network`, in French; empty where they can."""
    if any(network.subnet_of(allowed) for allowed in (*_PRIVATE, *_SHARED)):
        return ""
    if network.is_loopback or network.is_link_local or network.is_multicast or network.is_reserved:
        what = "est réservé à un autre usage"
    else:
        what = "n'est pas un réseau privé : les hôtes font confiance à ceux qui s'y trouvent"
    return f"{network} {what} ; prenez-en un dans 10.0.0.0/8, 172.16.0.0/12 ou 192.168.0.0/16"


def met_on_this_machine(network: ipaddress.IPv4Network, routes: Path = _ROUTES) -> tuple[str, str] | None:
    """A network that this machine reaches by itself and that meets `network`, with its interface; None elsewhere."""
    for line in routes.read_text(encoding="ascii").splitlines()[1:] if routes.exists() else []:
        interface, destination, _, _, _, _, _, mask, *_ = line.split()
        prefix = _number(mask).bit_count()
        if not prefix or interface.startswith(_DOCKER_BRIDGES):
            continue
        reached = ipaddress.IPv4Network((_number(destination), prefix), strict=False)
        if reached.overlaps(network):
            return str(reached), interface
    return None


def _number(little_endian: str) -> int:
    """An address as the kernel writes it in /proc/net/route."""
    return int.from_bytes(bytes.fromhex(little_endian), sys.byteorder)
