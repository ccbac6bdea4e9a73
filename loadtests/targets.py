"""What may be loaded: a stack of this repository, or a host that somebody wrote down in `targets.yaml`.

A load test is an attack with good manners. Nothing here takes an address from the command line.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from infra.inventory import read_inventory
from infra.state import OperatorError, Stack

TARGETS_FILE = Path(__file__).parent / "targets.yaml"
MAX_RATE = 60.0
"""Arrivals per second that no profile may exceed: ten times the first minute of a town of 60,000."""
MAX_SECONDS = 6 * 3600.0
BRICKS = ("portal", "idp", "processing")


@dataclass(frozen=True)
class Target:
    """Where a run goes. `urls` has the public address of each brick, without a final slash."""

    name: str
    kind: str
    """`local` (containers published on a loopback address), `stack` (servers), `listed` (targets.yaml)."""
    urls: dict[str, str]
    authority: str = ""
    """PEM file that TLS is verified with; the system's authorities when empty."""
    addresses: dict[str, str] = field(default_factory=dict)
    """Public name to address, where the resolver of this machine must not be asked."""
    sink: bool = False
    """Whether the platform keeps its mails instead of sending them: only there may test persons be made."""

    def as_dict(self) -> dict[str, Any]:
        """For the plan's file."""
        return asdict(self)

    @property
    def local(self) -> bool:
        """Whether the whole platform is on this machine."""
        return self.kind == "local"

    def hosts(self) -> dict[str, str]:
        """Brick of each public name."""
        return {urlsplit(url).hostname or "": brick for brick, url in self.urls.items()}


def target_of_stack(stack: Stack) -> Target:
    """The target that a running stack is."""
    inventory = read_inventory(stack)
    shared = inventory["all"]["vars"]
    port = int(shared["gru_https_port"])
    suffix = "" if port == 443 else f":{port}"
    names = {brick: name for brick, name in shared["gru_names"].items() if brick in BRICKS}
    published = str(shared["gru_publish_address"])
    local = bool(published) and ipaddress.ip_address(published).is_loopback
    return Target(
        name=stack.name,
        kind="local" if local else "stack",
        urls={brick: f"https://{name}{suffix}" for brick, name in names.items()},
        authority=str(shared["gru_visitor_ca_file"]) if Path(shared["gru_visitor_ca_file"]).exists() else "",
        addresses=dict.fromkeys(names.values(), published) if local else {},
        sink=bool(shared["gru_mail"]["sink"]),
    )


def listed_target(name: str, path: Path = TARGETS_FILE) -> Target:
    """A target written down in `targets.yaml`.

    Raises:
        OperatorError: it is not there, or lacks an address.
    """
    listed = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    entry = listed.get(name)
    if entry is None:
        known = ", ".join(sorted(listed)) or "aucune"
        raise OperatorError(
            f"« {name} » n'est ni une pile de ce dépôt ni une cible de {path.name} (cibles : {known})."
            " Un test de charge ne vise que ce que quelqu'un a écrit là."
        )
    missing = [brick for brick in BRICKS if not str(entry.get("urls", {}).get(brick, "")).startswith("https://")]
    if missing:
        raise OperatorError(f"{path.name} : {name} : il manque l'adresse https:// de {', '.join(missing)}.")
    urls = {brick: str(entry["urls"][brick]).rstrip("/") for brick in BRICKS}
    return Target(name, "listed", urls, str(entry.get("authority", "")))


def find_target(name: str) -> Target:
    """The stack of that name, else the listed target."""
    stack = Stack(name)
    return target_of_stack(stack) if stack.site_file.exists() else listed_target(name)


def check_allowed(target: Target, *, allowed: bool, highest_rate: float, seconds: float) -> None:
    """Refuse what could harm.

    Raises:
        OperatorError: beyond the local platform without `--i-am-allowed`, or too much, or too long.
    """
    if not target.local and not allowed:
        raise OperatorError(
            f"« {target.name} » n'est pas sur cette machine. Prévenez les personnes qui l'exploitent et celles qui"
            " l'utilisent, puis relancez avec --i-am-allowed."
        )
    if highest_rate > MAX_RATE:
        raise OperatorError(f"{highest_rate:.1f} arrivées par seconde : le plus permis est {MAX_RATE:.0f}.")
    if seconds > MAX_SECONDS:
        raise OperatorError(f"{seconds / 3600:.1f} heures : le plus permis est {MAX_SECONDS / 3600:.0f}.")


def check_still_itself(target: Target) -> None:
    """Refuse a plan whose target is not what its kind says (a plan is a file, and files get edited).

    Raises:
        OperatorError: a local target with an address that is not this machine's, or an unlisted one.
    """
    if target.local:
        for name in target.hosts():
            address = target.addresses.get(name) or socket.gethostbyname(name)
            if not ipaddress.ip_address(address).is_loopback:
                raise OperatorError(f"{name} mène à {address}, qui n'est pas cette machine.")
        return
    known = find_target(target.name)
    if known.urls != target.urls:
        raise OperatorError(f"Le plan vise {target.urls}, mais « {target.name} » est {known.urls}.")


def check_relay(address: str) -> None:
    """Refuse a relay that is not on this machine. Raises OperatorError."""
    host = address.partition(":")[0]
    if not ipaddress.ip_address(host).is_loopback:
        raise OperatorError(f"Le relais {address} n'est pas sur cette machine.")
