"""Which functions speak to which ports: what a firewall between hosts must let through, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from infra.model.ports import EVERY_HOST, PORTS, Audience
from infra.model.site import Function

BACKED_UP = (Function.DATABASE, Function.IDP, Function.CONSULTATION)
"""Functions that keep on disk what nobody could make again (role `backup`)."""

CALLERS: dict[tuple[str, str], tuple[str, ...]] = {
    (EVERY_HOST, "figures"): (Function.MONITORING,),
    (Function.DATABASE, "sql"): (Function.IDP, Function.PROCESSING, Function.PORTAL, Function.CONSULTATION),
    (Function.DATABASE, "figures"): (Function.MONITORING,),
    # Not the portal: its mails are sent by the agents' host.
    (Function.MAIL, "smtp"): (Function.IDP, Function.PROCESSING, Function.CONSULTATION, Function.MONITORING),
    (Function.IDP, "web"): (Function.PROXY,),
    (Function.IDP, "ldaps"): (Function.PORTAL,),
    (Function.PROCESSING, "web"): (Function.PROXY, Function.MONITORING, Function.MAIL),
    (Function.PORTAL, "web"): (Function.PROXY, Function.MONITORING),
    (Function.CONSULTATION, "web"): (Function.PROXY, Function.MONITORING, Function.MAIL),
    (Function.PROXY, "figures"): (Function.MONITORING,),
    (Function.MONITORING, "web"): (Function.PROXY,),
    (Function.MONITORING, "reading"): (Function.CONSULTATION,),
    (Function.BACKUP_REPOSITORY, "sftp"): BACKED_UP,
    (Function.FRANCECONNECT_SIMULATOR, "web"): (Function.PROXY,),
}
"""Who speaks to each port that is for the platform's hosts: functions, or `EVERY_HOST`. Public names are asked of the
front, whose ports are everybody's."""


@dataclass(frozen=True, slots=True)
class Flow:
    """TCP from one caller to one function. Both are functions or `EVERY_HOST`; `caller` is empty for everybody."""

    function: str
    use: str
    port: int
    caller: str


def flows(functions: frozenset[str]) -> Iterator[Flow]:
    """What must pass on a site whose hosts carry `functions`; a function without a host has no flow."""
    present = functions | {EVERY_HOST}
    for function, uses in PORTS.items():
        for use, port in uses.items():
            if function not in present or port.audience is Audience.HOST:
                continue
            if port.audience is Audience.EVERYONE:
                yield Flow(str(function), use, port.number, "")
                continue
            for caller in CALLERS[function, use]:
                if caller in present:
                    yield Flow(str(function), use, port.number, str(caller))
