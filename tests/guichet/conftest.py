"""Tests of guichet run on a real PostgreSQL: a private cluster in a temporary folder, one a process.

The cluster listens on a Unix socket only and forgets to be durable (fsync off): it lives as long as the tests.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.db import connections
from hypothesis import settings

_DOSSIER = Path(tempfile.gettempdir()) / f"guichet-pg-{os.getpid()}"
os.environ["DJANGO_SETTINGS_MODULE"] = "guichet.configuration.settings.test"
django.setup()

# A property is right or wrong; how long one example takes depends on the machine and belongs to benchmarks.
settings.register_profile("gru", deadline=None)
settings.load_profile("gru")

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


@pytest.fixture(scope="session")
def grappe() -> Iterator[Path]:
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


@pytest.fixture(scope="session")
def django_db_modify_db_settings(grappe: Path) -> None:
    """pytest-django calls it before it makes the test database: the cluster must run by then."""
    connections["default"].settings_dict |= {"HOST": str(grappe), "PORT": "", "USER": "postgres", "PASSWORD": ""}
