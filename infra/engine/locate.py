"""Find the engine, or make it: PATH, then our cache, then (only if asked) the vendor's release, then a build.

Every way ends in one folder that Automation API understands: ``<root>/bin/pulumi``, and beside it
``pulumi-resource-pulumi-python``, which runs dynamic resources with *this* Python.
"""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.state import OperatorError

ENGINE_VERSION = "3.258.0"
"""Must equal `pulumi` in infra/requirements.in and pkg/v3, sdk/v3 in go.mod (a test checks the three)."""

VENDOR_SWITCH = "GRU_PULUMI_RELEASE"
WRAPPER = "pulumi-resource-pulumi-python"

Progress = Callable[[str], None]


class EngineError(OperatorError):
    """The engine could be neither found nor made. French, with what to do."""


def engine_cache() -> Path:
    """Where engines are kept, shared by every clone of the project and every stack of this user."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "gru" / "engine"


def engine_root() -> Path:
    """The folder of the pinned engine: holds ``bin/``."""
    return engine_cache() / ENGINE_VERSION


def find_engine() -> Path | None:
    """The root of a ready engine of exactly the pinned version, or nothing. Never builds nor downloads."""
    root = engine_root()
    binary = root / "bin" / "pulumi"
    if engine_version(binary) != ENGINE_VERSION:
        elsewhere = shutil.which("pulumi")
        if elsewhere is None or engine_version(Path(elsewhere)) != ENGINE_VERSION:
            return None
        link(Path(elsewhere), binary)
    write_wrapper(root / "bin")
    return root


def ensure_engine(progress: Progress = lambda _message: None) -> Path:
    """The root of an engine of exactly the pinned version, built if there is none (4 minutes on two cores).

    Raises:
        EngineError: with the path of the log.
    """
    found = find_engine()
    if found:
        return found
    with only_one_at_a_time("le moteur Pulumi", progress):
        found = find_engine()
        if found:
            return found
        binary = engine_root() / "bin" / "pulumi"
        binary.parent.mkdir(parents=True, exist_ok=True)
        if os.environ.get(VENDOR_SWITCH):
            from infra.engine import release  # noqa: PLC0415 - rare path

            release.fetch_release(release.ENGINE, binary, progress)
        else:
            from infra.engine import build  # noqa: PLC0415 - rare path

            build.build_program(build.ENGINE, binary, progress)
        made = find_engine()
        if made is None:
            version = engine_version(binary)
            raise EngineError(
                f"Le moteur Pulumi obtenu est de version {version}, il faut la {ENGINE_VERSION}. "
                f"Supprimez {engine_root()} puis relancez la commande."
            )
        return made


def engine_version(binary: Path) -> str | None:
    """The version a binary tells, without its ``v``; nothing when it does not run."""
    if not binary.exists():
        return None
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [binary, "version"], capture_output=True, text=True, timeout=30, check=True, env=environment
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.fullmatch(r"v?(\d+\.\d+\.\d+)", answer.stdout.strip())
    return found.group(1) if found else None


def write_wrapper(folder: Path) -> None:
    """Write the small program that runs dynamic resources, unless it is there already.

    PULUMI_PYTHON_CMD, set by `infra.stack`, wins: one cached engine serves several Python environments.
    """
    content = f'#!/bin/sh\nexec "${{PULUMI_PYTHON_CMD:-{shlex.quote(sys.executable)}}}" -u -m pulumi.dynamic "$@"\n'
    wrapper = folder / WRAPPER
    if wrapper.exists() and "PULUMI_PYTHON_CMD" in wrapper.read_text(encoding="utf-8"):
        return
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{WRAPPER}.{os.getpid()}"
    temporary.write_text(content, encoding="utf-8")
    temporary.chmod(0o755)
    temporary.replace(wrapper)


def link(target: Path, place: Path) -> None:
    """Make `place` a link to `target`, in one move."""
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f".{place.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target.resolve())
    temporary.replace(place)


@contextmanager
def only_one_at_a_time(what: str, progress: Progress) -> Iterator[None]:
    """Hold the cache's lock; `what` is made meanwhile, in French with its article. Raises EngineError."""
    cache = engine_cache()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        lock = (cache / "verrou").open("w")
    except OSError as error:
        raise EngineError(
            f"Impossible d'écrire dans {cache} ({error.strerror}). Changez les droits ou XDG_CACHE_HOME."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"Une autre commande prépare déjà {what} : attente.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
