"""Commands on a stack's hosts over SSH, for what `gru` reads (Ansible does what changes)."""

from __future__ import annotations

import subprocess
from typing import Any

from infra.state import OperatorError

_TIMEOUT = 30


def ssh_command(inventory: dict[str, Any], host: str) -> list[str]:
    """Return the ssh command line that reaches `host`, without the remote command."""
    shared = inventory["all"]["vars"]
    record = inventory["all"]["hosts"][host]
    return [
        "ssh",
        "-q",
        "-o",
        "BatchMode=yes",
        "-o",
        "ConnectTimeout=5",
        *str(shared["ansible_ssh_common_args"]).split(),
        "-i",
        shared["ansible_ssh_private_key_file"],
        "-p",
        str(record["ansible_port"]),
        f"{record['ansible_user']}@{record['ansible_host']}",
    ]


def run_remote(inventory: dict[str, Any], host: str, command: list[str], stdin: str = "") -> str:
    """Return what `command` prints on `host`. Raises OperatorError when the host or the command fails."""
    try:
        run = subprocess.run(
            [*ssh_command(inventory, host), *command],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OperatorError(f"L'hôte {host} n'a pas répondu en {_TIMEOUT} s.") from error
    if run.returncode == 255:
        raise OperatorError(f"L'hôte {host} ne répond pas en SSH. Voyez « gru status », puis « gru up ».")
    if run.returncode:
        raise OperatorError(f"Sur l'hôte {host}, {command[0]} a échoué : {run.stderr.strip() or run.returncode}")
    return run.stdout


def hosts_of(inventory: dict[str, Any], function: str) -> list[str]:
    """Names of the hosts that carry `function`, in the site's order. Raises OperatorError when none does."""
    group = inventory["all"]["children"].get(function)
    if not group:
        raise OperatorError(f"Aucun hôte de cette plateforme ne porte la fonction {function}.")
    return [str(name) for name in group["hosts"]]


def host_of(inventory: dict[str, Any], function: str) -> str:
    """Name of the host that carries `function`; the first, where several do and any of them serves as well.

    Raises OperatorError when none does.
    """
    return hosts_of(inventory, function)[0]
