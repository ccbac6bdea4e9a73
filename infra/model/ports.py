"""Which port each function listens on, and who may speak to it.

Any functions may share a host: no two have the same port, whatever the layout (`tests/infra/test_ports.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from infra.model.site import Function

EVERY_HOST = "base"
"""In `PORTS`, beside the functions: what every host listens on."""


class Audience(StrEnum):
    """Who may speak to a port."""

    EVERYONE = "everyone"
    PLATFORM = "platform"
    """The hosts of the platform."""
    HOST = "host"
    """The host itself: the port is on its loopback."""


@dataclass(frozen=True, slots=True)
class Port:
    """A TCP port and its audience."""

    number: int
    audience: Audience = Audience.PLATFORM


PORTS: dict[str, dict[str, Port]] = {
    EVERY_HOST: {"figures": Port(9100)},
    Function.DATABASE: {"sql": Port(5432), "figures": Port(9187)},
    Function.MAIL: {"smtp": Port(25), "dkim": Port(8891, Audience.HOST)},
    Function.IDP: {"web": Port(8082), "ldaps": Port(636)},
    Function.PROCESSING: {"web": Port(8001)},
    Function.PORTAL: {"web": Port(8000)},
    Function.CONSULTATION: {"web": Port(8002)},
    Function.PROXY: {
        "http": Port(80, Audience.EVERYONE),
        "https": Port(443, Audience.EVERYONE),
        "figures": Port(8404),
        "charter": Port(8081, Audience.HOST),
        "acme": Port(8402, Audience.HOST),
        "uploads": Port(8084, Audience.HOST),
        "whole": Port(8085, Audience.HOST),
    },
    Function.MONITORING: {
        "web": Port(8083),
        "reading": Port(9080),
        "prometheus": Port(9090, Audience.HOST),
        "alertmanager": Port(9093, Audience.HOST),
        "probes": Port(9115, Audience.HOST),
    },
    # A server of its own: that of the operators stays theirs.
    Function.BACKUP_REPOSITORY: {"sftp": Port(8022)},
    Function.FRANCECONNECT_SIMULATOR: {"web": Port(8090)},
}
"""By function, then by use."""


def numbers() -> dict[str, dict[str, int]]:
    """Port numbers alone, as the inventory gives them to hosts (`gru_ports`)."""
    return {str(function): {use: port.number for use, port in uses.items()} for function, uses in PORTS.items()}
