"""How the copy reaches the source's repository: through this machine, for the time of a drill, and to read only."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from infra.children import ends_with_us
from infra.drill.copied import HOST
from infra.model.site import Function
from infra.remote import host_of, ssh_command
from infra.state import OperatorError

PORT = 8022
"""On the copy's own loopback."""
_PATIENCE = 30


@contextlib.contextmanager
def way_to_the_repository(source: dict[str, Any], copy: dict[str, Any]) -> Iterator[None]:
    """Join the copy's port `PORT` to the repository of the source, where it is one of its hosts.

    Raises:
        OperatorError: one of the two hosts does not answer.
    """
    if source["all"]["vars"]["gru_backups"]["kind"] != "host":
        yield
        return
    repository = host_of(source, Function.BACKUP_REPOSITORY)
    address = source["all"]["hosts"][repository]["gru_address"]
    port = source["all"]["vars"]["gru_ports"]["backup_repository"]["sftp"]
    here = _free_port()
    with (
        _tunnel(ssh_command(source, repository), "-L", f"127.0.0.1:{here}:{address}:{port}", repository),
        _tunnel(ssh_command(copy, HOST), "-R", f"127.0.0.1:{PORT}:127.0.0.1:{here}", HOST),
    ):
        _wait(here, repository)
        yield


def store_address(source: dict[str, Any]) -> tuple[str, str] | None:
    """Name and address of the store that keeps backups, where it is not one of the source's hosts."""
    endpoint = source["all"]["vars"]["gru_backups"].get("endpoint")
    if not endpoint:
        return None
    name = urlsplit(endpoint).hostname or ""
    try:
        return name, socket.gethostbyname(name)
    except OSError as error:
        raise OperatorError(f"Le nom du dépôt ({name}) est inconnu de cette machine : {error}.") from error


@contextlib.contextmanager
def _tunnel(ssh: list[str], way: str, places: str, host: str) -> Iterator[None]:
    words = [ssh[0], "-N", "-o", "ExitOnForwardFailure=yes", "-o", "ServerAliveInterval=15", way, places, *ssh[1:]]
    command = ends_with_us([shutil.which(words[0]) or words[0], *words[1:]])
    tunnel = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            tunnel.wait(timeout=1)
            said = tunnel.stderr.read().strip() if tunnel.stderr else ""
            raise OperatorError(f"Le chemin vers le dépôt ne s'ouvre pas (hôte {host}) : {said or 'ssh s’est arrêté'}.")
        yield
    finally:
        tunnel.terminate()
        tunnel.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(port: int, host: str) -> None:
    """Until the repository greets."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as one:
            one.settimeout(5)
            if one.recv(4) == b"SSH-":
                return
        time.sleep(0.3)
    raise OperatorError(f"Le dépôt des sauvegardes (hôte {host}) ne répond pas. « gru backup check » dit pourquoi.")
