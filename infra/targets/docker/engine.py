"""Make sure a Docker engine answers on this machine, starting Debian's where none does."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import docker

from infra.state import OperatorError

_START_SECONDS = 60
_LOG = Path("/var/log/gru-dockerd.log")
_PID_FILE = Path("/var/run/docker.pid")


def ensure_engine() -> None:
    """Return once the engine answers; start it where it is installed and stopped.

    Raises:
        OperatorError: no engine is installed, or it does not answer within a minute.
    """
    if _answers():
        return
    if shutil.which("dockerd") is None:
        raise OperatorError(
            "Aucun moteur Docker ne répond et dockerd n'est pas installé. Lancez « make up », qui l'installe, ou :"
            " apt-get install docker.io iptables"
        )
    if Path("/run/systemd/system").is_dir():
        subprocess.run(["systemctl", "start", "docker"], check=False, capture_output=True)
    else:
        # No service manager here (container, minimal machine): the engine outlives this command.
        _forget_dead_engine()
        try:
            log = _LOG.open("ab")
        except OSError as error:
            raise OperatorError(
                f"Le moteur Docker est arrêté et il faut être root pour le démarrer ({error.strerror})."
            ) from error
        with log:
            subprocess.Popen(["dockerd"], stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if _answers():
            return
        time.sleep(0.5)
    raise OperatorError(
        f"Le moteur Docker ne répond pas après {_START_SECONDS} s. Voyez « journalctl -u docker » ou {_LOG}."
    )


def _forget_dead_engine() -> None:
    """Remove the process id of an engine that was killed: its number may since be another process's."""
    try:
        process = _PID_FILE.read_text(encoding="ascii").strip()
        name = Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        name = ""
    if name != "dockerd":
        _PID_FILE.unlink(missing_ok=True)


def _answers() -> bool:
    try:
        client = docker.from_env(timeout=10)
        try:
            return bool(client.ping())
        finally:
            client.close()
    except docker.errors.DockerException:
        return False
