"""A release only adds to the schema: the one before runs on it while hosts pass, and when it is gone back to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.release_before import APPLICATIONS, Application, old_tests_on_new_schema, released, take_out
from tests.steps import ROOT

JUDGED = """
import json, sys, django
django.setup()
from django.db.migrations.loader import MigrationLoader
from socle.installation.tolerance import fautes
dites = json.loads(sys.stdin.read())
inconnues = [cle for cle in dites.items() if cle not in MigrationLoader(None).graph.nodes]
print(json.dumps([f"{cle} n'existe plus" for cle in inconnues] + fautes({app: [nom] for app, nom in dites.items()})))
"""


def by_name(application: Application) -> str:
    return application.name


@pytest.mark.parametrize("application", APPLICATIONS, ids=by_name)
def test_every_migration_since_is_borne_by_it(application: Application) -> None:
    migrations = released()["migrations"]
    assert isinstance(migrations, dict)
    run = subprocess.run(
        [sys.executable, "-c", JUDGED],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": application.settings, "PYTHONPATH": str(ROOT)},
        input=json.dumps(migrations[application.name]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == []


@pytest.mark.parametrize("application", APPLICATIONS, ids=by_name)
def test_its_own_tests_hold_on_the_schema_of_this_one(application: Application, tmp_path: Path) -> None:
    tree = tmp_path / "avant"
    if not take_out(tree):
        pytest.skip(
            f"the history of this repository does not hold {released()['version']} (an archive, a shallow clone)"
        )
    said = old_tests_on_new_schema(application, tree)
    assert not said, said
