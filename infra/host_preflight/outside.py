"""What the operator's machine sees of a hosted site before it is installed: public names, ports of the front."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Callable, Iterable, Iterator

from infra.model import Site
from infra.model.site import Function

_SECONDS = 5

Resolve = Callable[[str], set[str]]


def resolve(name: str) -> set[str]:
    """Addresses of a name, IPv4 and IPv6; empty when it has none."""
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)}
    except OSError:
        return set()


def public_address(site: Site) -> str:
    """Address to which public names must lead; empty where the site does not say it.

    The one that the target names, else that of the front where the whole internet may reach it.
    """
    declared = site.target.public_address()
    if declared:
        return declared
    front = site.hosts[site.hosts_of(Function.PROXY)[0]]
    try:
        address = ipaddress.ip_address(str(front.ssh_address or front.address))
    except ValueError:
        return ""
    return str(address) if address.is_global else ""


def names_elsewhere(site: Site, asked: Resolve = resolve) -> list[str]:
    """Public names that lead to another machine than the front, in French."""
    wanted = public_address(site)
    if not wanted or site.target.capabilities.names_public_address:
        return []
    found = {name: asked(name) for name in sorted(_names(site))}
    return [
        f"le nom {name} mène à {', '.join(sorted(addresses))} et non au frontal ({wanted}) : corrigez-le dans le"
        " DNS. S'il doit mener ailleurs jusqu'à la mise en service : gru up --names-later"
        for name, addresses in found.items()
        if addresses and wanted not in addresses
    ]


def names_unknown(site: Site, asked: Resolve = resolve) -> list[str]:
    """Public names that the DNS does not know yet."""
    if site.target.capabilities.names_public_address:
        return []
    return [name for name in sorted(_names(site)) if not asked(name)]


def closed_ports(address: str, ports: Iterable[int] = (80, 443), seconds: float = _SECONDS) -> Iterator[str]:
    """Ports of the front that a firewall keeps from this machine. One where nothing listens yet is open."""
    for port in ports:
        try:
            socket.create_connection((address, port), timeout=seconds).close()
        except TimeoutError:
            reason = "sans réponse"
        except OSError as error:
            if error.errno not in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES, errno.EPERM):
                continue
            reason = "refusé en chemin"
        else:
            continue
        why = (
            "les visiteurs y arrivent, et une autorité publique y vérifie le nom" if port == 80 else "le site y répond"
        )
        yield (
            f"le port {port} de {address} est fermé ({reason}), vu de cette machine : {why}. Ouvrez-le dans le"
            " pare-feu du serveur, et dans celui de son hébergeur"
        )


def _names(site: Site) -> set[str]:
    """Public names that a host of the site answers to."""
    return {name for function, name in site.public_names().items() if site.hosts_of(Function(function))}
