"""Everything about running Pulumi on this machine without its vendor: folders, environment, locks.

A command that was killed leaves Pulumi's own lock and pending operations behind. Ours is a `flock`, which the
kernel drops with the process: whoever holds it knows that no other `gru` runs on this stack, and may clear
what a dead one left, unless its engine still runs on its own.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
from pulumi import automation
from pulumi.automation import Deployment, LocalWorkspaceOptions, ProjectBackend, ProjectSettings, PulumiFn, Stack
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2_grpc

from infra.engine import ensure_engine
from infra.program import PROJECT
from infra.state import SOURCE_DIRECTORY, OperatorError
from infra.targets import Ownership

PROGRAM_COMMANDS = ("preview", "pre", "up", "update")
"""Commands of the engine that ask the program what should be."""

ENGINE_ENDS_SECONDS = 60
"""How long the engine of an interrupted command may take to finish what it had begun."""

STATE_STAYS_SHUT = (
    "La phrase secrète n'ouvre pas l'état de la pile. Remettez en place celle avec laquelle la pile a été créée "
    "(fichier « passphrase » du dossier d'état, ou GRU_PASSPHRASE_FILE)."
)


class StackError(OperatorError):
    """A stack could not be read or changed. French, with what to do."""


class Folders:
    """Where Pulumi keeps things, under the stack's state directory."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir.absolute()
        self.root = self.state_dir / "pulumi"
        self.project = self.root / "projet"
        self.backend = self.root / "etat"
        self.home = self.root / "accueil"
        self.log = self.root / "journal.log"
        self.lock = self.root / "verrou"
        self.installation = self.root / "installation"
        self.unfinished = self.root / "inacheve.json"

    def prepare(self) -> None:
        """Make the folders, readable by their owner only."""
        try:
            for folder in (self.root, self.project, self.backend, self.home):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StackError(f"Impossible d'écrire dans {self.root} ({error.strerror}).") from error

    def ownership(self, stack: str) -> Ownership:
        """Whose resources these are; a random identity is drawn the first time."""
        if not self.installation.exists():
            self.installation.write_text(secrets.token_hex(8) + "\n", encoding="utf-8")
        owner = self.installation.read_text(encoding="utf-8").strip()
        return Ownership(stack=stack, owner=owner, state=str(self.state_dir))


def environment(folders: Folders, passphrase_file: Path) -> dict[str, str]:
    """What every command of the engine needs. The vendor's service is never contacted."""
    path = [str(SOURCE_DIRECTORY), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "PULUMI_BACKEND_URL": f"file://{folders.backend}",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase_file.absolute()),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def opened(name: str, state_dir: Path, passphrase_file: Path, program: PulumiFn) -> Iterator[tuple[Stack, Folders]]:
    """The stack, made if needed, with nobody else at work on it.

    Raises:
        StackError: no passphrase, another command at work, or a state that this passphrase does not open.
    """
    check_passphrase(passphrase_file)
    folders = Folders(state_dir)
    folders.prepare()
    engine = ensure_engine()
    with _alone(folders), _without_foreign_settings():
        options = LocalWorkspaceOptions(
            work_dir=str(folders.project),
            pulumi_home=str(folders.home),
            pulumi_command=automation.PulumiCommand(root=str(engine)),
            project_settings=ProjectSettings(
                name=PROJECT, runtime="python", backend=ProjectBackend(url=f"file://{folders.backend}")
            ),
            secrets_provider="passphrase",
            env_vars=environment(folders, passphrase_file),
        )
        try:
            stack = automation.create_or_select_stack(
                stack_name=name, project_name=PROJECT, program=program, opts=options
            )
        except automation.CommandError as error:
            raise StackError(_opening_error(name, folders, str(error))) from error
        _clear_what_a_dead_command_left(stack, folders)
        yield stack, folders


@contextmanager
def at_the_terminal(
    name: str, state_dir: Path, passphrase_file: Path, program: PulumiFn
) -> Iterator[Callable[[Sequence[str]], int]]:
    """Pulumi's own commands, as its vendor documents them, on a stack of ours: gives what runs one, with its output.

    The engine asks our program what should be, through the same door as the Automation API (`--client`): no language
    host of the vendor's is needed.

    Raises:
        StackError: as `opened`.
    """
    with opened(name, state_dir, passphrase_file, program) as (_, folders):
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageServer(program), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        programs = ensure_engine() / "bin"

        def run(words: Sequence[str]) -> int:
            asks_the_program = bool(words) and words[0] in PROGRAM_COMMANDS
            command = [str(programs / "pulumi"), *words]
            command += [f"--client=127.0.0.1:{port}"] if asks_the_program else []
            settings = environment(folders, passphrase_file) | {"PULUMI_HOME": str(folders.home)}
            path = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
            return subprocess.run(
                command, cwd=folders.project, env=os.environ | settings | {"PATH": path}, check=False
            ).returncode

        try:
            yield run
        finally:
            server.stop(0)


def check_passphrase(passphrase_file: Path) -> None:
    """Refuse early, in words: without it the engine would fail late, or ask on a terminal."""
    try:
        content = passphrase_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StackError(
            f"Phrase secrète illisible : {passphrase_file} ({error.strerror}). Remettez ce fichier en place "
            "depuis votre sauvegarde (sans lui, l'état de la pile ne s'ouvre pas) ou indiquez-le par "
            "GRU_PASSPHRASE_FILE."
        ) from error
    if not content:
        raise StackError(f"Phrase secrète vide : {passphrase_file}. Remettez la bonne depuis votre sauvegarde.")


def stack_exists(name: str, state_dir: Path) -> bool:
    """Whether Pulumi knows that stack (its file is there), without starting the engine."""
    folder = Folders(state_dir).backend / ".pulumi" / "stacks" / PROJECT
    return any((folder / f"{name}.json{suffix}").exists() for suffix in ("", ".gz"))


def is_wrong_passphrase(detail: str) -> bool:
    """Whether the engine's words mean that the passphrase does not open the state."""
    return "incorrect passphrase" in detail


def _opening_error(name: str, folders: Folders, detail: str) -> str:
    with folders.log.open("a", encoding="utf-8") as log:
        log.write(detail + "\n")
    if is_wrong_passphrase(detail):
        return STATE_STAYS_SHUT
    return f"L'état de la pile « {name} » ne s'ouvre pas. Journal : {folders.log}"


@contextmanager
def _alone(folders: Folders) -> Iterator[None]:
    with folders.lock.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StackError(
                f"Une autre commande gru travaille déjà sur cette pile (processus {lock.read().strip() or '?'}). "
                "Attendez qu'elle finisse."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def _without_foreign_settings() -> Iterator[None]:
    """Hide the operator's own Pulumi settings (another backend, another passphrase, a vendor's token)."""
    hidden = {key: os.environ.pop(key) for key in list(os.environ) if key.startswith("PULUMI_")}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _clear_what_a_dead_command_left(stack: Stack, folders: Folders) -> None:
    locks = sorted((folders.backend / ".pulumi" / "locks").rglob("*.json"))
    deadline = time.monotonic() + ENGINE_ENDS_SECONDS
    for lock in locks:
        process = _lock_holder(lock)
        while process and _is_engine(process):
            if time.monotonic() > deadline:
                raise StackError(
                    f"Le moteur d'une commande interrompue travaille encore (processus {process}). "
                    f"Attendez qu'il finisse, ou arrêtez-le : kill {process}"
                )
            time.sleep(0.2)
    if locks:
        stack.cancel()
        _forget_pending_operations(stack, folders)


def _forget_pending_operations(stack: Stack, folders: Folders) -> None:
    """Creations that were cut short: the next `up` finds what they left (`Target.discard`), the engine never would."""
    state = stack.export_stack()
    if state.deployment and (pending := state.deployment.get("pending_operations")):
        cut_short = [*unfinished(folders), *(one["resource"] for one in pending if one["type"] == "creating")]
        folders.unfinished.write_text(json.dumps(cut_short), encoding="utf-8")
        deployment = {**state.deployment, "pending_operations": []}
        stack.import_stack(Deployment(version=state.version, deployment=deployment))


def unfinished(folders: Folders) -> list[dict[str, Any]]:
    """Resources, as the engine writes them (``type``, ``inputs``), whose creation was cut short and may have been."""
    found: list[dict[str, Any]] = []
    if folders.unfinished.exists():
        found = json.loads(folders.unfinished.read_text(encoding="utf-8"))
    return found


def _lock_holder(lock: Path) -> int | None:
    try:
        return int(json.loads(lock.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_engine(process: int) -> bool:
    """Whether that process lives and is an engine: numbers are reused."""
    try:
        return b"pulumi" in Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")[0]
    except OSError:
        return False
