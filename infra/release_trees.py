"""The releases that this repository holds, and a folder of each where its own `gru` can run, beside this one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.release import Notes, Version, notes_of, version, version_of
from infra.state import SOURCE_DIRECTORY, OperatorError

KEPT = 3
"""Folders of releases kept: the one that runs, the one before, the next."""

_LOCKS = ("infra/uv.lock", "*/requirements.lock")


@dataclass(frozen=True, slots=True)
class Tree:
    """One release at one commit, whole, in a folder of its own."""

    commit: str
    folder: Path

    @property
    def version(self) -> Version:
        """What it says it is."""
        return version_of(self.folder)

    @property
    def notes(self) -> list[Notes]:
        """Its list of changes."""
        return notes_of((self.folder / "CHANGELOG.md").read_text(encoding="utf-8"))

    @property
    def python(self) -> Path:
        """The interpreter that has its libraries: ours where the locks are the same, else its own."""
        return Path(sys.executable) if self.shares_our_libraries else self.folder / ".venv" / "bin" / "python"

    @property
    def shares_our_libraries(self) -> bool:
        """Whether the libraries that run this program are those that it asks for."""
        return _locks(self.folder) == _locks(SOURCE_DIRECTORY)


def releases() -> list[Version]:
    """Versions that have a tag, the newest first. Raises OperatorError where this folder is no repository."""
    found = []
    for name in _git("tag", "--list", "v*").split():
        try:
            found.append(version(name))
        except OperatorError:
            continue
    return sorted(found, reverse=True)


def commit_of(name: str) -> str:
    """The commit of a tag or of a commit; empty where the repository does not know it."""
    return _git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", may_fail=True).strip()


def here() -> tuple[str, bool]:
    """Commit of this folder, and whether it holds just that. Empty and False where it is no repository."""
    commit = _git("rev-parse", "--verify", "--quiet", "HEAD", may_fail=True).strip()
    # Sites are the town's: `installed_release` looks at theirs.
    changed = _git("status", "--porcelain", "--", ".", ":(exclude)stacks", may_fail=True).strip()
    return commit, bool(commit) and not changed


def tree_of(commit: str) -> Tree:
    """A folder that holds that commit and has what runs it; made where it is not there yet. Raises OperatorError."""
    tree = Tree(commit, _store() / commit[:16])
    if not tree.folder.exists():
        _take_out(tree)
    tree.folder.touch()
    if not tree.python.exists():
        _bootstrap(tree)
    _forget_old_ones()
    return tree


def _take_out(tree: Tree) -> None:
    with tempfile.TemporaryDirectory(dir=_store()) as place:
        archive = Path(place) / "archive.tar"
        _git("archive", "--format=tar", f"--output={archive}", tree.commit)
        whole = Path(place) / "tree"
        whole.mkdir()
        subprocess.run(["tar", "-xf", str(archive), "-C", str(whole)], check=True)
        whole.replace(tree.folder)


def _bootstrap(tree: Tree) -> None:
    run = subprocess.run([str(tree.folder / "infra" / "bootstrap.sh")], stdout=sys.stderr.fileno(), check=False)
    if run.returncode or not tree.python.exists():
        raise OperatorError(
            f"Les bibliothèques de la version {tree.version} n'ont pas pu être installées sur cette machine (voir"
            " ci-dessus). La plateforme n'a pas été touchée."
        )


def _forget_old_ones() -> None:
    folders = sorted(_store().iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in folders[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _store() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gru" / "releases"
    try:
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise OperatorError(f"Impossible d'écrire dans {cache} ({error.strerror}).") from error
    return cache


def _locks(folder: Path) -> dict[str, bytes]:
    """What each part of a release asks for, whatever its parts are called."""
    return {str(path.relative_to(folder)): path.read_bytes() for lock in _LOCKS for path in folder.glob(lock)}


def _git(*words: str, may_fail: bool = False) -> str:
    try:
        run = subprocess.run(["git", "-C", str(SOURCE_DIRECTORY), *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        if may_fail:
            return ""
        raise OperatorError("git n'est pas installé sur cette machine : les versions y sont lues.") from None
    if run.returncode and not may_fail:
        raise OperatorError(
            f"Les versions se lisent dans le dépôt git de ce programme, et {SOURCE_DIRECTORY} n'en est pas un qui se"
            f" lise ({run.stderr.strip()}). Reprenez-le par « git clone »."
        )
    return run.stdout
