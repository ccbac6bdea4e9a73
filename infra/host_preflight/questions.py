"""Ask a host over SSH what it is, without changing anything; or say why it does not answer."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.host_preflight.judgement import Facts
from infra.remote import SSH_FAILED, ssh_command
from infra.ssh_complaints import why

_PROBE = Path(__file__).with_name("probe.sh")
_SECONDS = 90
"""For a host that answers: three mirrors and a relay that do not, ten seconds each, and some."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A host that could not be asked, and why, in French."""

    reason: str


def ask(inventory: dict[str, Any], host: str, values: Mapping[str, str]) -> Facts | Silence:
    """What `host` answers to the probe, given `values` by name."""
    script = "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()) + _PROBE.read_text("utf-8")
    command = ssh_command(inventory, host)
    asked = time.time()
    try:
        run = subprocess.run(
            [*command, "sh", "-s"], input=script, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Silence(f"il n'a pas fini de répondre en {_SECONDS} s : il est trop chargé, ou son réseau se coupe")
    if run.returncode == SSH_FAILED:
        return Silence(why(inventory, host, run.stderr))
    # The clock is the first thing that the probe says, long before it has looked at everything.
    facts = Facts.read(run.stdout, asked, time.time())
    if not facts.one("user"):
        words = (run.stderr or run.stdout).strip().splitlines()
        return Silence(f"son compte n'exécute pas de commande : {words[-1] if words else 'aucune réponse'}")
    return facts
