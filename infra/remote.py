"""Commands on a stack's hosts over SSH, for what `gru` reads (Ansible does what changes)."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence
from typing import Any

from infra.ssh_complaints import why
from infra.state import OperatorError

_TIMEOUT = 30
_CONNECT_SECONDS = 5
_JUMP_SECONDS = 20
"""Two machines are entered, one after the other, before the first word is heard."""

SSH_FAILED = 255
"""What ssh exits with when it is itself at fault; a remote command may, too."""


def ssh_command(inventory: dict[str, Any], host: str) -> list[str]:
    """Return the ssh command line that reaches `host`, without the remote command: it runs as the user who enters."""
    shared = inventory["all"]["vars"]
    record = inventory["all"]["hosts"][host]
    return [
        "ssh",
        *("-o", "LogLevel=ERROR", "-o", "BatchMode=yes"),
        *("-o", f"ConnectTimeout={_JUMP_SECONDS if jumps(inventory, host) else _CONNECT_SECONDS}"),
        *shlex.split(ssh_options(inventory, host)),
        "-i",
        shared["ansible_ssh_private_key_file"],
        "-p",
        str(record["ansible_port"]),
        f"{record['ansible_user']}@{record['ansible_host']}",
    ]


def enters_as_root(inventory: dict[str, Any], host: str) -> bool:
    """Whether SSH enters as root; else sudo leads there."""
    return not inventory["all"]["hosts"][host].get("ansible_become", False)


def jumps(inventory: dict[str, Any], host: str) -> bool:
    """Whether the host is reached through another machine only."""
    return "ProxyCommand=" in ssh_options(inventory, host)


def ssh_options(inventory: dict[str, Any], host: str) -> str:
    """The host's own, else those of all."""
    either = inventory["all"]["vars"] | inventory["all"]["hosts"][host]
    return str(either["ansible_ssh_common_args"])


def knock(inventory: dict[str, Any], host: str) -> subprocess.CompletedProcess[str]:
    """Enter `host`, without sudo, and leave at once: SSH's code and complaints."""
    return enter_for(inventory, host, ["true"])


def enter_for(
    inventory: dict[str, Any], host: str, command: Sequence[str], *, seconds: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command without sudo: its code or SSH's, and complaints. Raises TimeoutExpired after `seconds`."""
    words = [*ssh_command(inventory, host), *command]
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False)


def root_command(inventory: dict[str, Any], host: str, command: Sequence[str]) -> list[str]:
    """Return the ssh command line that runs `command` as root on `host`.

    As with ssh itself, the words are joined and read by the shell of the other side.
    """
    text = " ".join(command)
    if not enters_as_root(inventory, host):
        text = f"sudo -n -- sh -c {shlex.quote(text)}"
    return [*ssh_command(inventory, host), text]


def run_remote(
    inventory: dict[str, Any], host: str, command: list[str], stdin: str = "", *, seconds: float = _TIMEOUT
) -> str:
    """Return what `command`, run as root, prints on `host` within `seconds`.

    Raises:
        OperatorError: the host or the command fails, or takes too long.
    """
    try:
        run = subprocess.run(
            root_command(inventory, host, command),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OperatorError(f"L'hôte {host} n'a pas répondu en {seconds:.0f} s.") from error
    if run.returncode == SSH_FAILED:
        raise OperatorError(f"L'hôte {host} ne répond pas en SSH : {why(inventory, host, run.stderr)}.")
    if run.returncode:
        raise OperatorError(f"Sur l'hôte {host}, {command[0]} a échoué : {run.stderr.strip() or run.returncode}")
    return run.stdout


def enter(inventory: dict[str, Any], host: str) -> None:
    """Enter `host` and leave at once. Raises OperatorError when ssh cannot, with its reason."""
    run_remote(inventory, host, ["true"])


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
