"""What the `gru` command asks of Pulumi: bring a stack up, preview it, take it down, read its outputs."""

from __future__ import annotations

import logging
import signal
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi import automation

from infra.engine.plugin import link_plugin
from infra.plan import StackPlan
from infra.program import INVENTORY_OUTPUT, program
from infra.steps import OnStep, PlannedChange, StepTeller
from infra.targets import SETTINGS, Ownership, TargetSettings, get_target
from infra.workspace import STATE_STAYS_SHUT, Folders, StackError, is_wrong_passphrase, opened, stack_exists, unfinished
from infra.workspace import at_the_terminal as by_hand

CHANGING = ("create", "update", "delete", "replace")
UNHEARD = logging.NullHandler()


def _silent(_step: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class UpResult:
    """What an update did. `changes` counts hosts, networks and volumes: create, update, delete, replace, same."""

    outputs: dict[str, Any]
    changes: dict[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """How many resources were touched."""
        return sum(self.changes.get(operation, 0) for operation in CHANGING)


def up(plan: StackPlan, state_dir: Path, passphrase_file: Path, on_event: OnStep = _silent) -> UpResult:
    """Make reality match the plan. Reality is looked at first: a stopped host is started, a lost one made again.

    Raises:
        StackError, TargetError, EngineError: all `OperatorError`, in French.
    """
    get_target(plan.target).check(plan)
    ownership = _ownership(plan.stack, plan.target, state_dir)
    teller = StepTeller(on_event, SETTINGS[plan.target].failures)
    with opened(plan.stack, state_dir, passphrase_file, program(plan, ownership)) as (stack, folders):
        _discard_what_was_cut_short(plan, ownership, folders)
        with _told_in_words("La mise en place des hôtes a échoué", folders, teller), _log(folders) as log:
            result = stack.up(refresh=True, on_event=teller, on_output=log, on_error=log, color="never")
        return UpResult({name: value.value for name, value in result.outputs.items()}, dict(teller.counts))


def preview(plan: StackPlan, state_dir: Path, passphrase_file: Path) -> list[PlannedChange]:
    """What `up` would change, in the order Pulumi tells it; empty when nothing would."""
    get_target(plan.target).check(plan)
    ownership = _ownership(plan.stack, plan.target, state_dir)
    teller = StepTeller(_silent, SETTINGS[plan.target].failures)
    with (
        opened(plan.stack, state_dir, passphrase_file, program(plan, ownership)) as (stack, folders),
        _told_in_words("L'aperçu a échoué", folders, teller),
        _log(folders) as log,
    ):
        stack.preview(refresh=True, on_event=teller, on_output=log, on_error=log, color="never")
    return list(teller.planned.values())


def at_the_terminal(plan: StackPlan, state_dir: Path, passphrase_file: Path, words: Sequence[str]) -> int:
    """Run one of Pulumi's own commands (``preview --diff``, ``stack export``…) with its own output; give its code."""
    get_target(plan.target).check(plan)
    ownership = _ownership(plan.stack, plan.target, state_dir)
    with (
        by_hand(plan.stack, state_dir, passphrase_file, program(plan, ownership)) as run,
        _interruption_ends_well(),
    ):
        return run(words)


def down(
    name: str,
    target: TargetSettings,
    state_dir: Path,
    passphrase_file: Path,
    *,
    keep_data: bool = False,
    on_event: OnStep = _silent,
) -> list[str]:
    """Destroy everything of the stack; with `keep_data`, volumes stay and the next `up` adopts them.

    Gives the names of what only its label told was ours (data, remains of interrupted runs).
    """
    ownership = _ownership(name, target.kind, state_dir)
    if stack_exists(name, state_dir):
        teller = StepTeller(on_event, target.failures)
        with opened(name, state_dir, passphrase_file, lambda: None) as (stack, folders):
            with _told_in_words("Le retrait des hôtes a échoué", folders, teller), _log(folders) as log:
                stack.destroy(on_event=teller, on_output=log, on_error=log, color="never")
            stack.workspace.remove_stack(name)
    return get_target(target.kind).sweep(target, ownership, keep_data=keep_data)


def outputs(name: str, state_dir: Path, passphrase_file: Path) -> dict[str, Any]:
    """The outputs of the last `up`; the inventory is under `INVENTORY_OUTPUT`."""
    if not stack_exists(name, state_dir):
        raise StackError(f"La pile « {name} » n'est pas en place. Lancez « gru up --stack {name} ».")
    with (
        opened(name, state_dir, passphrase_file, lambda: None) as (stack, folders),
        _told_in_words("La lecture de la pile a échoué", folders, StepTeller(_silent)),
    ):
        return {key: value.value for key, value in stack.outputs().items()}


def _discard_what_was_cut_short(plan: StackPlan, ownership: Ownership, folders: Folders) -> None:
    cut_short = unfinished(folders)
    if cut_short:
        get_target(plan.target).discard(plan, ownership, cut_short)
        folders.unfinished.unlink()


def _ownership(name: str, kind: str, state_dir: Path) -> Ownership:
    """Whose resources these are; what the engine needs for such a target is in its home from then on."""
    folders = Folders(state_dir)
    folders.prepare()
    for plugin in SETTINGS[kind].plugins:
        link_plugin(plugin, folders.home)
    return folders.ownership(name)


@contextmanager
def _log(folders: Folders) -> Iterator[Callable[[str], None]]:
    """The engine's own words, for whoever must understand a failure. They hold no secret: our stacks have none."""
    # Threads that read the engine's words live a little longer than an interrupted update: once closed, a handler
    # that writes a file afresh drops what still comes, without a word.
    log = logging.FileHandler(folders.log, mode="w", encoding="utf-8")
    # When an update fails, the engine leaves while our program still talks to it: grpc then writes pages of
    # traces on the terminal, about nothing the operator could act on, and some after we have left here.
    grpc_logger = logging.getLogger("grpc")
    grpc_logger.propagate = False
    grpc_logger.addHandler(UNHEARD)
    grpc_logger.addHandler(log)

    def write(line: str) -> None:
        log.handle(logging.makeLogRecord({"msg": line}))

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Error in event stream")
            yield write
    finally:
        grpc_logger.removeHandler(log)
        log.close()


@contextmanager
def _interruption_ends_well() -> Iterator[None]:
    """On Ctrl-C the terminal tells the engine too, which finishes what it began and records it: wait for that.

    Pulumi's Python side would leave at once, with pages of traces. Pressed again, the engine hurries; a third
    time, we leave.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = 0

    def listen(_signal: int, _frame: object) -> None:
        nonlocal heard
        heard += 1
        if heard > 2:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, listen)
    try:
        yield
    except (automation.CommandError, RuntimeError):
        if heard:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    if heard:
        raise KeyboardInterrupt


@contextmanager
def _told_in_words(what: str, folders: Folders, teller: StepTeller) -> Iterator[None]:
    try:
        with _interruption_ends_well():
            yield
    except automation.ConcurrentUpdateError as error:
        raise StackError(f"{what} : une autre commande travaille sur cette pile.") from error
    except (automation.CommandError, RuntimeError) as error:
        if is_wrong_passphrase(str(error)):
            raise StackError(STATE_STAYS_SHUT) from error
        reasons = "\n".join(f"- {reason}" for reason in teller.errors) or "- le moteur n'a pas dit pourquoi"
        raise StackError(f"{what} :\n{reasons}\nJournal : {folders.log}") from error


__all__ = [
    "INVENTORY_OUTPUT",
    "PlannedChange",
    "StackError",
    "UpResult",
    "at_the_terminal",
    "down",
    "outputs",
    "preview",
    "up",
]
