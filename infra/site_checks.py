"""Checks of site.yaml that look beyond it: at this machine, at the internet's rules."""

from __future__ import annotations

from collections.abc import Iterator

from infra.host_preflight.needs import MEMORY_MIB
from infra.model import Site
from infra.model.words import reserved_domain
from infra.model.yaml_file import read_yaml
from infra.private_network import met_on_this_machine
from infra.state import Stack


def network_is_taken(stack: Stack, site: Site) -> Iterator[str]:
    """Where hosts live on this machine, their network must not be one that it already speaks to."""
    can = site.target.capabilities
    if not can.makes_hosts or can.hosted:
        return
    if met := met_on_this_machine(site.target.network):
        yield (
            f"{stack.site_file} : target.network : {site.target.network} rencontre {met[0]}, que cette machine atteint"
            f" par {met[1]} : prenez un autre réseau"
        )


def domain_is_reserved(stack: Stack, site: Site) -> Iterator[str]:
    """Doubtful only: a hosted town's names must be known to the internet."""
    if site.features.trial or not site.target.capabilities.hosted:
        return
    if end := reserved_domain(site.domain):
        yield (
            f"{stack.site_file} : domain : « .{end} » est réservé aux essais et aux exemples : personne ne trouvera"
            f" {site.domain} depuis l'internet"
        )


def memory_is_enough(stack: Stack, site: Site) -> Iterator[str]:
    """A limit below what the functions of a host need has them killed, or is refused by the engine in its own words."""
    for name, host in site.hosts.items():
        wanted = sum(MEMORY_MIB[function][0] for function in host.functions)
        if host.memory_mb is not None and host.memory_mb < wanted:
            reasons = " ; ".join(
                f"{MEMORY_MIB[function][0]} pour {MEMORY_MIB[function][1]}" for function in host.functions
            )
            line = read_yaml(stack.site_file).line(("hosts", name, "memory_mb"))
            yield (
                f"{stack.site_file}, ligne {line} : hosts.{name}.memory_mb : {host.memory_mb} Mio ne suffisent pas, il"
                f" en faut {wanted} ({reasons})"
            )
