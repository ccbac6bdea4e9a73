"""A real PostgreSQL for tests: a private cluster in a temporary folder, one a process.

The cluster listens on a Unix socket only and forgets to be durable (fsync off): it lives as long as the tests.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_DOSSIER = Path(tempfile.gettempdir()) / f"gru-pg-{os.getpid()}"
REGLAGES = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "",
    "unix_socket_directories": str(_DOSSIER),
    "max_connections": "50",
    "jit": "off",
}


def _binaires() -> Path:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda chemin: int(chemin.parent.name))
    if not versions:
        pytest.exit("PostgreSQL manque : apt-get install postgresql", returncode=3)
    return versions[-1]


def _commande(*mots: str) -> list[str]:
    """initdb refuses root: run it as the user that Debian's package made."""
    return ["runuser", "-u", "postgres", "--", *mots] if os.geteuid() == 0 else list(mots)


@contextmanager
def grappe() -> Iterator[Path]:
    """Run a cluster; yield the folder of its socket."""
    binaires, donnees = _binaires(), _DOSSIER / "donnees"
    _DOSSIER.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(_DOSSIER, "postgres", "postgres")
    options = " ".join(f"-c {cle}={valeur!r}" for cle, valeur in REGLAGES.items())
    try:
        subprocess.run(
            _commande(f"{binaires}/initdb", "-D", str(donnees), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                      "--locale=C.UTF-8", "--no-sync"),
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip
        subprocess.run(
            _commande(f"{binaires}/pg_ctl", "-D", str(donnees), "-o", options, "-w", "-l", f"{_DOSSIER}/journal",
                      "start"),
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip
        yield _DOSSIER
    finally:
        subprocess.run(
            _commande(f"{binaires}/pg_ctl", "-D", str(donnees), "-m", "immediate", "stop"),
            check=False, capture_output=True, cwd="/",
        )  # fmt: skip
        shutil.rmtree(_DOSSIER, ignore_errors=True)
