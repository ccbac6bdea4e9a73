"""Debian's updates, one host at a time: what a host took, what was restarted for it, whether it must start again."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from infra.configuration import run_runbook
from infra.model.site import Function
from infra.remote import run_remote
from infra.state import OperatorError, Stack

_DONE = "/var/lib/gru/debian.json"


@dataclass(frozen=True, slots=True)
class Updated:
    """What became of a host. `reboot`: its kernel waits for it to start again."""

    packages: tuple[str, ...]
    restarted: tuple[str, ...]
    reboot: bool

    @property
    def in_words(self) -> str:
        """For the operator, in French."""
        if not self.packages and not self.restarted:
            said = "rien à mettre à jour, rien à relancer"
        else:
            count = len(self.packages)
            installed = f"{count or 'aucun'} paquet{'s' if count > 1 else ''} mis à jour"
            restarted = f"relancé : {', '.join(self.restarted)}" if self.restarted else "rien à relancer"
            said = f"{installed} ; {restarted}"
        return said + (" ; l'hôte doit redémarrer pour prendre son nouveau noyau" if self.reboot else "")


def order(inventory: dict[str, Any], wanted: Collection[str] = ()) -> list[str]:
    """Hosts in the order in which they are updated: the last is that which all visitors pass through.

    Raises:
        OperatorError: a host of `wanted` (all, where it is empty) is not of this platform.
    """
    hosts: dict[str, Any] = inventory["all"]["hosts"]
    if strangers := sorted(set(wanted) - set(hosts)):
        raise OperatorError(
            f"L'hôte « {strangers[0]} » n'existe pas. Hôtes : {', '.join(sorted(hosts))}. Rien n'a été touché."
        )
    chosen = [name for name in hosts if not wanted or name in wanted]
    return sorted(chosen, key=lambda name: Function.PROXY in hosts[name]["gru_functions"])


def update(stack: Stack, inventory: dict[str, Any], host: str) -> Updated:
    """Update one host. Raises OperatorError when a step of it fails."""
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    run_runbook(stack, "debian", stack.log_directory / f"{stamp}-debian-{host}.log", limit=host)
    done = json.loads(run_remote(inventory, host, ["cat", _DONE]))
    return Updated(tuple(done["packages"]), tuple(done["restarted"]), bool(done["reboot"]))
