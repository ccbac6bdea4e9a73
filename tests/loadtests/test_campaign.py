"""`gru load run` from its line to its report, against a stub."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from infra.state import Stack
from loadtests import campaign
from loadtests.commands import load
from loadtests.people import People, people_file
from loadtests.targets import Target
from tests.loadtests.conftest import LOCUSTFILE


def test_files_are_read_once_a_run(
    stub: Callable[..., Target], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The profile and the promises are what they were at the start, up to the report: one file, read once."""
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    Stack("local").directory.mkdir()
    People("gru.test", "secret", 3).write(people_file(Stack("local")))
    target = stub()
    monkeypatch.setattr(campaign, "find_target", lambda _: target)
    monkeypatch.setattr(campaign, "read_inventory", lambda _: None)  # a stub has no hosts to ask
    read: Counter[str] = Counter()
    safe_load = yaml.safe_load

    def counted(text: str) -> Any:
        content = safe_load(text)
        read.update(str(key) for key in content)
        return content

    monkeypatch.setattr(yaml, "safe_load", counted)
    arguments = ["run", "smoke", "--duration", "5", "--scale", "0.5", "--out", str(tmp_path / "essai"), "--json"]
    done = CliRunner().invoke(load, arguments)
    told = json.loads(done.stdout)
    # A stub has no form: what matters here is that the run went to its end.
    assert told["exit_code"] == done.exit_code, done.output
    assert {"retard", "parcours", "erreurs", "pages-p95"} <= {check["name"] for check in told["checks"]}
    assert (tmp_path / "essai" / "rapport.html").exists()
    assert (read["debit"], read["promesses"]) == (1, 1)


def test_the_former_word_still_works_and_says_the_new_one() -> None:
    """`gru load seed` for one release more; it is no longer in the list."""
    done = CliRunner().invoke(load, ["seed", "--help"], prog_name="gru load")
    assert done.exit_code == 0
    assert "« gru load seed » s'appelle maintenant « gru load accounts »" in done.stderr
    assert "Créer dans l'annuaire" in done.stdout
    assert " seed" not in CliRunner().invoke(load, ["--help"]).stdout


def test_plain_locust_ends_at_once_where_it_may_not_go() -> None:
    """In words, exit 2; the option's former name works for one release more."""
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--pile", "nulle-part"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 2, done.stderr[-2000:]
    assert "« --pile » s'appelle maintenant « --stack »" in done.stderr
    assert "« nulle-part » n'est ni une pile de ce dépôt" in done.stderr
