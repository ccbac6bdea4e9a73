"""What a task would change on a host is told in French: by its module, or by the task itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = Path(__file__).resolve().parents[2] / "roles"
TASK_FILES = sorted([*ROLES.glob("*/tasks/*.yml"), *ROLES.glob("*/handlers/*.yml")])

SAID_BY_THEIR_MODULE = {"gru_files", "gru_service", "apt"}
"""`infra.host_changes` knows what they change."""

CHANGE_NOTHING = {"assert", "fail", "find", "include_role", "include_tasks", "import_tasks", "meta"}
CHANGE_NOTHING |= {"set_fact", "slurp", "stat"}

KEYWORDS = {
    *("become", "block", "changed_when", "check_mode", "delegate_to", "environment", "failed_when", "ignore_errors"),
    *("listen", "loop"),
    *("loop_control", "name", "no_log", "notify", "register", "rescue", "retries", "delay", "until", "vars", "when"),
}


def tasks_of(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Tasks, those of blocks among them; what a rescue does never runs in check mode."""
    for task in found:
        if "block" in task:
            yield from tasks_of(task["block"])
        else:
            yield task


def module_of(task: dict[str, Any]) -> str:
    """The module's own name, without its collection."""
    (name,) = set(task) - KEYWORDS
    return name.rpartition(".")[2]


@pytest.mark.parametrize("path", TASK_FILES, ids=lambda path: str(path.relative_to(ROLES)))
def test_every_task_that_may_change_something_says_what(path: Path) -> None:
    """Else `gru preview` would give the operator an English step's name."""
    silent = [
        task["name"]
        for task in tasks_of(yaml.safe_load(path.read_text(encoding="utf-8")) or [])
        if module_of(task) not in SAID_BY_THEIR_MODULE | CHANGE_NOTHING
        and task.get("changed_when", True) is True
        and task.get("check_mode") is not False
        and not task.get("vars", {}).get("effect")
    ]
    assert not silent, "these tasks lack `vars: {effect: …}`"


@pytest.mark.parametrize("path", TASK_FILES, ids=lambda path: str(path.relative_to(ROLES)))
def test_no_task_hides_the_files_it_writes(path: Path) -> None:
    """`gru_files` keeps contents to itself: hiding all the rest would hide which file failed, and why."""
    hiding = [
        task["name"]
        for task in tasks_of(yaml.safe_load(path.read_text(encoding="utf-8")) or [])
        if module_of(task) == "gru_files" and task.get("no_log")
    ]
    assert not hiding


@pytest.mark.parametrize("path", TASK_FILES, ids=lambda path: str(path.relative_to(ROLES)))
def test_what_hides_its_words_says_where_to_look(path: Path) -> None:
    """A failure that is hidden for the sake of a secret leaves the operator something to do."""
    everything = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    rescues = [task for block in everything for task in block.get("rescue", [])]
    mute = [
        task["name"]
        for task in tasks_of([*everything, *rescues])
        if task.get("no_log") and not task.get("vars", {}).get("remedy")
    ]
    assert not mute, "these tasks lack `vars: {remedy: …}`"
