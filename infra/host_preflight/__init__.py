"""Hosts are asked what they are before anything is changed on them: all that would fail half-way is told at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from infra.host_preflight.judgement import Facts, faults
from infra.host_preflight.outside import closed_ports, names_elsewhere, names_unknown
from infra.host_preflight.questions import Silence, ask
from infra.model import Site
from infra.model.site import Function
from infra.state import OperatorError


@dataclass(frozen=True, slots=True)
class Examination:
    """What hosts answered.

    `faults` is by host, « site » for what belongs to none; `silent` says why hosts do not answer; `installed` holds
    hosts where an installation has begun; `notices` stop nothing.
    """

    faults: dict[str, list[str]] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)
    installed: frozenset[str] = frozenset()
    notices: tuple[str, ...] = ()

    def refusal(self, *, silence_too: bool = True) -> str:
        """What must be mended first, host by host; empty when nothing must."""
        lines = []
        for host, reasons in self.faults.items():
            lines += [f"  - {f'hôte {host} : ' if host else ''}{reason}." for reason in reasons]
        if silence_too:
            lines += [f"  - hôte {host} : {reason}." for host, reason in self.silent.items()]
        return "\n".join(lines)


def examine(site: Site, inventory: dict[str, Any], *, names_later: bool = False) -> Examination:
    """Ask every host of the inventory, all at the same time, then look from outside."""
    hosts = inventory["all"]["hosts"]
    with ThreadPoolExecutor(max_workers=max(1, len(hosts))) as pool:
        answers = dict(zip(hosts, pool.map(lambda host: ask(inventory, host, _values(site, host)), hosts), strict=True))
    own_memory = not site.target.capabilities.limits_resources
    found: dict[str, list[str]] = {}
    for host, facts in answers.items():
        if isinstance(facts, Facts):
            functions = site.hosts[host].functions
            found[host] = faults(facts, functions, own_memory=own_memory, saved=site.backup is not None)
    found[""] = [] if names_later else names_elsewhere(site)
    front = site.hosts_of(Function.PROXY)[0]
    if not site.target.capabilities.names_public_address and isinstance(answers.get(front), Facts):
        found[front] = [*found[front], *closed_ports(site.target.public_address() or hosts[front]["ansible_host"])]
    unknown = names_unknown(site)
    return Examination(
        {host: reasons for host, reasons in found.items() if reasons},
        {host: answer.reason for host, answer in answers.items() if isinstance(answer, Silence)},
        frozenset(h for h, answer in answers.items() if isinstance(answer, Facts) and answer.one("begun") == "yes"),
        (f"Le DNS ne connaît pas encore ces noms : {', '.join(unknown)}.",) if unknown else (),
    )


def refuse_unfit_hosts(site: Site, inventory: dict[str, Any], *, names_later: bool = False) -> Examination:
    """Raise OperatorError with all that hosts would fail on, told at once; else what was found."""
    found = examine(site, inventory, names_later=names_later)
    if refusal := found.refusal():
        raise OperatorError(
            f"Rien n'a été changé sur les hôtes. À corriger d'abord :\n{refusal}\nPuis relancez la même commande."
        )
    return found


def _values(site: Site, host: str) -> dict[str, str]:
    functions = site.hosts[host].functions
    network = site.network
    relay = site.mail.relay if Function.MAIL in functions and not site.mail.sink else None
    return {
        "GRU_FUNCTIONS": " ".join(functions),
        "GRU_DEBIAN": network.debian_mirror.rstrip("/"),
        "GRU_DEBIAN_SECURITY": network.debian_security_mirror.rstrip("/"),
        "GRU_PYPI": network.pypi_mirror or "",
        "GRU_PROXY": network.http_proxy or "",
        "GRU_NO_PROXY": network.no_proxy or "",
        "GRU_RELAY": f"{relay.host}:{relay.port}" if relay else "",
        "GRU_RELAY_TLS": relay.tls if relay else "",
    }


__all__ = ["Examination", "examine", "refuse_unfit_hosts"]
