"""The release before, on the schema of this one: its own code and its own tests, on a database that this tree migrated.

What it is stands in `released.json`, written when a release is cut: ``python -m tests.release_before 1.2.3``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.release import version
from tests.postgresql import grappe
from tests.steps import ROOT

FILE = Path(__file__).with_name("released.json")


@dataclass(frozen=True, slots=True)
class Application:
    """One application: its settings, how its tests ask for PostgreSQL, and those that tell most in little time."""

    name: str
    settings: str
    environment: dict[str, str]
    tests: tuple[str, ...]


APPLICATIONS = (
    Application(
        "guichet",
        "guichet.configuration.settings.test",
        {},
        ("tests/guichet/demandes/test_depot.py",),
    ),
    Application(
        "consultation",
        "consultation.ecoute.settings.test",
        {"ECOUTE_TEST_BASE": "postgresql"},
        ("tests/consultation/ecoute/test_contributions.py",),
    ),
)

LEAVES = """
import json, django
django.setup()
from django.db.migrations.loader import MigrationLoader
print(json.dumps(dict(sorted(MigrationLoader(None).graph.leaf_nodes()))))
"""
MIGRATED = """
import sys, django
django.setup()
from django.db import connections
base = connections["default"]
base.settings_dict |= {"HOST": sys.argv[1], "PORT": "", "USER": "postgres", "PASSWORD": ""}
base.creation.create_test_db(verbosity=0, autoclobber=True)
"""
PLUGIN = """
import os
from contextlib import contextmanager
from pathlib import Path
from django.db import models  # first: what follows cannot be imported alone
from django.db.backends.postgresql.operations import DatabaseOperations
from tests import postgresql

@contextmanager
def grappe():
    yield Path(os.environ["GRAPPE"])

postgresql.grappe = grappe
vider = DatabaseOperations.sql_flush
# It does not know the tables that point at those it empties.
DatabaseOperations.sql_flush = lambda *a, **k: vider(*a, **{**k, "allow_cascade": True})
"""


def released() -> dict[str, str | dict[str, dict[str, str]]]:
    """``version``, ``commit``, and ``migrations``: by application, the last migration of each of its apps."""
    content: dict[str, str | dict[str, dict[str, str]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def take_out(folder: Path) -> bool:
    """Put its tree into `folder`; False where the history that holds it is not here (an archive, a shallow clone)."""
    archive = folder.with_suffix(".tar")
    words = ["git", "-C", str(ROOT), "archive", "--format=tar", f"--output={archive}", str(released()["commit"])]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        return False
    folder.mkdir()
    subprocess.run(["tar", "-xf", str(archive), "-C", str(folder)], check=True)
    archive.unlink()
    return True


def old_tests_on_new_schema(application: Application, tree: Path) -> str:
    """Empty when the tests of the release before hold on a database that this tree migrated, else what they say."""
    (tree / "sur_le_schema_suivant.py").write_text(PLUGIN, encoding="utf-8")
    with grappe() as socket:
        environment = os.environ | application.environment | {"DJANGO_SETTINGS_MODULE": application.settings}
        words = [sys.executable, "-c", MIGRATED, str(socket)]
        subprocess.run(words, cwd=ROOT, env=environment | {"PYTHONPATH": str(ROOT)}, check=True)
        words = [sys.executable, "-m", "pytest", "-q", "-p", "sur_le_schema_suivant", "-p", "no:cacheprovider"]
        run = subprocess.run(
            [*words, "--reuse-db", *application.tests],
            cwd=tree,
            env=environment | {"PYTHONPATH": str(tree), "GRAPPE": str(socket)},
            capture_output=True,
            text=True,
            check=False,
        )
    return "" if run.returncode == 0 else run.stdout + run.stderr


def cut(number: str) -> None:
    """Write that this tree, at its present commit, is that release."""
    leaves = {}
    for one in APPLICATIONS:
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": one.settings, "PYTHONPATH": str(ROOT)}
        words = [sys.executable, "-c", LEAVES]
        found = subprocess.run(words, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
        leaves[one.name] = json.loads(found)
    words = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    commit = subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
    content = {"version": str(version(number)), "commit": commit, "migrations": leaves}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    cut(sys.argv[1])
