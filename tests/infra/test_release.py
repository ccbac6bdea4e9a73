"""Releases: versions, notes, what is installed, and what is refused before anything is touched."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra import release_trees, upgrade_checks
from infra.cli import cli
from infra.installed_release import Installed, installed, refuse_to_go_back, remember, site_mark
from infra.release import Version, notes_of, version, version_of
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack
from infra.upgrade import functions_of

CHANGES = """# Journal

## À venir

### À faire
- Pas encore.

## 0.3.0 — 2026-12-01

### À faire
- Ouvrir le port 8404
  entre les hôtes.
- Prévenir.

### Nouveau
- Une chose.

## 0.2.0 — 2026-11-29

### Réparé
- Une faute.
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """A repository in place of this program's; gives a way to tag a commit in it."""
    folder = tmp_path / "depot"
    folder.mkdir()
    monkeypatch.setattr(release_trees, "SOURCE_DIRECTORY", folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def git(*words: str) -> str:
        who = ("-c", "user.name=essai", "-c", "user.email=essai@example.org")
        run = subprocess.run(["git", "-C", folder, *who, *words], check=True, capture_output=True, text=True)
        return run.stdout.strip()

    def tagged(name: str) -> str:
        (folder / "pyproject.toml").write_text(f'[project]\nversion = "{name.removeprefix("v")}"\n', encoding="utf-8")
        (folder / "CHANGELOG.md").write_text(CHANGES, encoding="utf-8")
        git("add", "--all")
        git("commit", "--quiet", "--allow-empty", "-m", name)
        git("tag", name)
        return git("rev-parse", "HEAD")

    git("init", "--quiet")
    return tagged


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack whose site and state are in folders of the test."""
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "etat"))
    monkeypatch.setenv("GRU_SITES_DIRECTORY", str(tmp_path / "sites"))
    found = Stack("essai")
    found.directory.mkdir(parents=True)
    (found.site_directory / "demarches").mkdir(parents=True)
    found.site_file.write_text("version: 1\n", encoding="utf-8")
    return found


def running(stack: Stack, number: str, commit: str = "") -> Installed:
    """The state says that this release runs."""
    what = Installed(number, commit, True, site_mark(stack), "2026-11-30T10:00:00+00:00")
    remember(stack, what)
    return what


def test_versions_compare_as_numbers() -> None:
    assert version("v0.10.0") > version("0.9.9")
    assert (str(version("1.2.3")), version("1.2.3").tag) == ("1.2.3", "v1.2.3")
    for text in ("demain", "v1.2", "1.2.3-rc1", ""):
        with pytest.raises(OperatorError, match="n'est pas une version"):
            version(text)


def test_notes_say_what_the_operator_must_do() -> None:
    newest, former = notes_of(CHANGES)
    assert (newest.version, newest.date) == (Version(0, 3, 0), "2026-12-01")
    assert newest.actions == ["Ouvrir le port 8404 entre les hôtes.", "Prévenir."]
    assert (newest.news, former.mended, former.actions) == (["Une chose."], ["Une faute."], [])


def test_this_program_and_its_list_of_changes_know_its_version() -> None:
    known = notes_of((SOURCE_DIRECTORY / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert version_of(SOURCE_DIRECTORY) in [one.version for one in known]


def test_the_way_goes_to_the_newest_release(repository: Callable[[str], str], stack: Stack) -> None:
    first = repository("v0.9.0")
    running(stack, "0.9.0", first)
    assert upgrade_checks.way_to(stack, None) is None
    last = repository("v0.10.0")
    way = upgrade_checks.way_to(stack, None)
    assert way is not None
    assert (way.wanted, way.commit) == (Version(0, 10, 0), last)
    assert upgrade_checks.way_to(stack, "v0.9.0") is None


@pytest.mark.parametrize(
    ("runs", "tag", "said"),
    [
        ("0.9.0", "v0.11.0", "n'est pas connue de ce dépôt"),
        ("0.9.0", "demain", "n'est pas une version"),
        ("0.10.0", "v0.9.0", "On ne descend pas"),
        (None, "v0.9.0", "Rien ne dit quelle version tourne"),
    ],
)
def test_a_way_that_is_none_is_refused(
    repository: Callable[[str], str], stack: Stack, runs: str | None, tag: str, said: str
) -> None:
    commits = {name: repository(f"v{name}") for name in ("0.9.0", "0.10.0")}
    if runs:
        running(stack, runs, commits[runs])
    with pytest.raises(OperatorError, match=said):
        upgrade_checks.way_to(stack, tag)


def test_a_folder_that_is_no_repository_is_told(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vide").mkdir()
    monkeypatch.setattr(release_trees, "SOURCE_DIRECTORY", tmp_path / "vide")
    running(stack, "0.9.0")
    with pytest.raises(OperatorError, match="git clone"):
        upgrade_checks.way_to(stack, None)


def test_one_goes_back_to_what_an_upgrade_left_and_to_nothing_else(stack: Stack) -> None:
    former = running(stack, "0.9.0", "a" * 40)
    with pytest.raises(OperatorError, match="Aucune mise à jour"):
        upgrade_checks.way_back(stack)
    before = {"version": "0.9.0", "commit": former.commit, "whole": True, "site": "", "at": ""}
    remember(stack, replace(former, version="0.10.0", commit="b" * 40, before=before))
    way = upgrade_checks.way_back(stack)
    assert (way.wanted, way.commit) == (Version(0, 9, 0), former.commit)


def test_an_upgrade_that_was_cut_goes_back_to_what_ran(stack: Stack) -> None:
    former = running(stack, "0.9.0", "a" * 40)
    remember(stack, replace(former, toward="0.10.0"))
    assert upgrade_checks.way_back(stack).wanted == Version(0, 9, 0)


def test_an_older_program_does_not_take_a_platform_over(stack: Stack) -> None:
    refuse_to_go_back(stack)
    running(stack, "99.0.0")
    with pytest.raises(OperatorError, match="gru rollback"):
        refuse_to_go_back(stack)
    running(stack, str(version_of(SOURCE_DIRECTORY)))
    refuse_to_go_back(stack)


def test_a_site_that_changed_or_a_program_nobody_has_is_refused(
    repository: Callable[[str], str], stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrade_checks, "_hosts", lambda *_: iter(()))
    commit = repository("v0.9.0")
    repository("v0.10.0")
    former = running(stack, "0.9.0", commit)
    way = upgrade_checks.way_to(stack, "v0.10.0")
    assert way is not None

    def told(runs: Installed) -> list[str]:
        return upgrade_checks.refusals(stack, None, {}, replace(way, former=runs))  # type: ignore[arg-type]

    assert told(former) == []
    assert "dossier modifié" in told(replace(former, whole=False))[0]
    assert "ne connaît pas le programme en service" in told(replace(former, commit="c" * 40))[0]
    (stack.site_directory / "demarches" / "a.yaml").write_text("titre: A\n", encoding="utf-8")
    (dirty,) = told(former)
    assert "a changé depuis le dernier « gru up »" in dirty


def test_a_release_is_taken_out_whole_beside_this_one(repository: Callable[[str], str]) -> None:
    commit = repository("v0.9.0")
    repository("v0.10.0")
    tree = release_trees.Tree(commit, release_trees._store() / commit[:16])
    release_trees._take_out(tree)
    assert tree.version == Version(0, 9, 0)
    assert [one.version for one in tree.notes] == [Version(0, 3, 0), Version(0, 2, 0)]


@pytest.mark.parametrize("lock", ["infra/uv.lock", "guichet/requirements.lock", "nouveau/requirements.lock"])
def test_a_release_runs_with_our_libraries_only_where_it_asks_for_the_same(
    repository: Callable[[str], str], lock: str
) -> None:
    """Whichever part it has or lacks."""
    place = release_trees.SOURCE_DIRECTORY / lock
    place.parent.mkdir()
    place.write_text("django==5.2.1\n", encoding="utf-8")
    tree = release_trees.Tree(commit := repository("v0.9.0"), release_trees._store() / commit[:16])
    release_trees._take_out(tree)
    assert tree.python == Path(sys.executable)
    place.write_text("django==5.2.2\n", encoding="utf-8")
    assert tree.python == tree.folder / ".venv" / "bin" / "python"
    place.unlink()
    assert not tree.shares_our_libraries


def test_functions_pass_in_the_order_in_which_they_lean_on_one_another() -> None:
    carried = {name: {"hosts": {"h": {}}} for name in ("proxy", "portal", "processing", "database")}
    inventory = {"all": {"children": carried, "vars": {"gru_backups": {"kind": "host"}}}}
    assert functions_of(inventory) == ["database", "processing", "portal", "proxy", "backup"]


def test_releases_are_listed_with_what_they_ask(repository: Callable[[str], str], stack: Stack) -> None:
    commit = repository("v0.2.0")
    running(stack, "0.2.0", commit)
    (stack.site_file).unlink()
    shown = CliRunner().invoke(cli, ["releases", "--stack", "essai"])
    assert shown.exit_code == 0
    assert "v0.2.0" in shown.output
    assert "en service" in shown.output
    told = json.loads(CliRunner().invoke(cli, ["releases", "--stack", "essai", "--json"]).output)
    assert [(one["version"], one["running"]) for one in told] == [("0.2.0", True)]
    assert installed(stack) is not None
