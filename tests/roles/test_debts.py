"""What follows from a file's change outlives a run that is cut, whatever the role and whatever follows."""

from __future__ import annotations

import json
import os
import pwd
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.host_changes import host_changes
from infra.model.flows import CALLERS
from infra.model.site import Function

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path for path in (ROOT / "roles").iterdir() if (path / "tasks").is_dir())
FILES = "gru_files"
ME = pwd.getpwuid(os.getuid()).pw_name

NOT_FILES = {
    "base__filesystems": "a cloud's disks, before anything is installed; a cut after a format is not taken up",
    "proxy_certbot": "the same is done whenever certbot.timer is seen at work",
}
"""Results whose change decides of what follows, and are not of `gru_files`: why nothing is lost when a run is cut."""


def tasks_of(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Tasks, those of blocks and of rescues among them."""
    for task in found:
        for inner in ("block", "rescue", "always"):
            yield from tasks_of(task.get(inner, []))
        if "block" not in task:
            yield task


def tasks(role: Path, folder: str = "tasks") -> list[dict[str, Any]]:
    """All tasks of a role, or all its handlers."""
    return [
        task
        for path in sorted((role / folder).glob("*.yml"))
        for task in tasks_of(yaml.safe_load(path.read_text(encoding="utf-8")) or [])
    ]


def notified(task: dict[str, Any]) -> list[str]:
    """Handlers that a task notifies."""
    names = task.get("notify", [])
    return [names] if isinstance(names, str) else names


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_what_notifies_a_handler_is_owed(role: Path) -> None:
    """`gru_files` alone writes what is owed before it changes anything: nothing else may ask for a restart."""
    others = [task["name"] for task in tasks(role) if notified(task) and FILES not in task]
    # Its files are written at the same time as the certificates that `gru_files` wrote: see authorities_changed.
    assert [name for name in others if name != "Add the authorities to the system's trust"] == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_handler_is_asked_by_files(role: Path) -> None:
    """A handler that no file asks for would depend on what a cut run forgets."""
    asked = {name for task in tasks(role) if FILES in task for name in notified(task)}
    handlers = {name for handler in tasks(role, "handlers") for name in [handler.get("listen", handler["name"])]}
    assert handlers == asked


def test_every_decision_after_a_change_is_on_files() -> None:
    """`x is changed`, `x.changed_paths`: x is a result of `gru_files`, or nothing is lost for a reason said above."""
    decided: set[str] = set()
    written: set[str] = set()
    for role in ROLES:
        text = "".join(path.read_text(encoding="utf-8") for path in role.rglob("*.yml"))
        decided |= set(re.findall(r"\b(\w+) is changed\b", text))
        decided |= set(re.findall(r"\b(\w+)\.(?:changed|changed_paths)\b", text))
        decided |= set(re.findall(r"\b(\w+)\.results \| selectattr\('changed'\)", text))
        written |= {task["register"] for task in tasks(role) if FILES in task and "register" in task}
    assert len(decided) > 8
    assert decided - written == set(NOT_FILES)


def test_a_function_settles_last_what_it_owed() -> None:
    """Handlers first: what they do is what is owed. A failure before leaves the debt."""
    (block,) = yaml.safe_load((ROOT / "runbooks" / "tasks" / "function.yml").read_text(encoding="utf-8"))
    assert [next(key for key in task if key.startswith("ansible.")) for task in block["block"]] == [
        "ansible.builtin.include_role",
        "ansible.builtin.meta",
        "ansible.builtin.file",
    ]


ROLE = """\
- name: Write
  gru_files:
    files: "{{ {settings: {'content': value, 'owner': me, 'group': me}} }}"
  register: written
  notify: Tell

- name: Be cut
  ansible.builtin.command: kill -9 {{ runner }}
  when: cut == 'written'

- name: Do what follows at once
  ansible.builtin.copy:
    content: "{{ value }}"
    dest: "{{ settings }}.applied"
  when: settings in written.changed_paths and cut != 'written'

- name: Be cut
  ansible.builtin.command: kill -9 {{ runner }}
  when: cut == 'followed'
"""
HANDLERS = """\
- name: Tell
  ansible.builtin.copy:
    content: "{{ value }}"
    dest: "{{ settings }}.told"
  when: not cut or cut == 'told'

- name: Be cut once it is done
  ansible.builtin.command: kill -9 {{ runner }}
  listen: Tell
  when: cut == 'told'
"""
BOOK = f"""\
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.include_tasks: {ROOT}/runbooks/tasks/function.yml
      loop: "{{{{ functions }}}}"
      loop_control: {{loop_var: gru_function}}
"""


class Host:
    """Functions of one host (two unless named), applied by the product's own tasks; `value` is what all must write."""

    def __init__(self, folder: Path, *functions: str) -> None:
        self.folder = folder
        self.owed = folder / "owed"
        self.functions = functions or ("one", "two")
        for name in self.functions:
            for part, text in (("tasks", ROLE), ("handlers", HANDLERS), ("vars", f"settings: {folder}/{name}.conf\n")):
                path = folder / "roles" / name / part / "main.yml"
                path.parent.mkdir(parents=True)
                path.write_text(text, encoding="utf-8")
        (folder / "book.yml").write_text(BOOK, encoding="utf-8")

    def play(self, value: str, *options: str, cut: str = "") -> tuple[dict[str, Any], str]:
        """Apply both functions; the summary (empty when the run was cut) and what the operator read."""
        result = self.folder / "result.json"
        result.unlink(missing_ok=True)
        variables: dict[str, object] = {"value": value, "cut": cut, "me": ME, "gru_owed_directory": str(self.owed)}
        variables["functions"] = list(self.functions)
        ansible = str(Path(sys.executable).parent / "ansible-playbook")
        words = [ansible, "-i", "localhost,", "-c", "local", *options, "-e", json.dumps(variables)]
        run = subprocess.run(
            # The shell's number is Ansible's: it can be killed from a task.
            ["/bin/sh", "-c", 'exec "$@" -e runner=$$', "sh", *words, str(self.folder / "book.yml")],
            env=os.environ
            | {
                "ANSIBLE_CONFIG": str(ROOT / "runbooks" / "ansible.cfg"),
                "ANSIBLE_ROLES_PATH": str(self.folder / "roles"),
                "ANSIBLE_STDOUT_CALLBACK": "gru_progress",
                "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
                "GRU_RESULT_FILE": str(result),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(cut) == (run.returncode == -signal.SIGKILL), run.stdout + run.stderr
        return (json.loads(result.read_text()) if result.exists() else {}), run.stdout

    def state(self) -> dict[str, str]:
        """What both functions wrote, and who was told."""
        return {path.name: path.read_text() for path in sorted(self.folder.glob("*.conf*")) if path.is_file()}

    def debts(self) -> list[str]:
        """Paths owed, by all functions."""
        return [line for path in sorted(self.owed.glob("*")) for line in path.read_text().splitlines()]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A host to which both functions were applied once, without a cut."""
    found = Host(tmp_path)
    found.play("old")
    assert set(found.state().values()) == {"old"}
    assert len(found.state()) == 6
    assert found.debts() == []
    return found


@pytest.mark.parametrize(
    ("cut", "done"),
    [
        ("written", ["one.conf"]),
        ("followed", ["one.conf", "one.conf.applied"]),
        ("told", ["one.conf", "one.conf.told"]),
    ],
)
def test_a_run_cut_after_a_file_is_finished_by_the_next(host: Host, cut: str, done: list[str]) -> None:
    """The same state as after an undisturbed run: handlers, and what tasks do at once; then nothing more to do."""
    host.play("new", cut=cut)
    assert set(done) <= {name for name, value in host.state().items() if value == "new"}
    assert host.state()["two.conf"] == "old"
    assert host.debts() == [f"{host.folder}/one.conf"]

    summary, told = host.play("new")
    assert set(host.state().values()) == {"new"}
    assert host.debts() == []
    assert "finit ce qu'une exécution interrompue a laissé" in told
    assert summary["failures"] == []

    assert host.play("new")[0]["changed"] == 0


def test_a_run_that_goes_back_is_not_told_that_nothing_changed(host: Host) -> None:
    """The file is back to what the service runs with; the service is told: nobody knows what it read."""
    host.play("new", cut="written")
    (host.folder / "one.conf.told").unlink()
    host.play("old")
    assert set(host.state().values()) == {"old"}
    assert len(host.state()) == 6
    assert host.debts() == []


def test_what_is_owed_is_seen_before_it_is_done(host: Host) -> None:
    """Check mode tells the debt in French, and leaves it."""
    host.play("new", cut="written")
    before = host.state()
    summary, _ = host.play("new", "--check", "--diff")
    sentences = [change.sentence for change in host_changes(summary["changes"])]
    assert any("par une exécution interrompue" in sentence for sentence in sentences), sentences
    assert host.state() == before
    assert host.debts() == [f"{host.folder}/one.conf"]


def put_in_the_way(host: Host, name: str) -> None:
    """Make a function fail: its file cannot be written."""
    path = host.folder / f"{name}.conf"
    path.unlink()
    path.mkdir()
    (path / "in the way").write_text("")


def test_a_fault_of_one_function_does_not_stop_the_others(host: Host) -> None:
    """What can be done is done; what failed is owed, and finished once the cause is gone."""
    put_in_the_way(host, "one")
    summary, _ = host.play("new")
    assert [failure["step"] for failure in summary["failures"]] == ["one : Write"]
    assert host.debts() == [f"{host.folder}/one.conf"]
    assert host.state()["two.conf.told"] == "new"
    assert host.state()["one.conf.told"] == "old"

    (host.folder / "one.conf" / "in the way").unlink()
    host.play("new")
    assert set(host.state().values()) == {"new"}
    assert host.debts() == []


def test_what_waits_for_a_function_that_failed_is_not_tried(tmp_path: Path) -> None:
    """It would wait for minutes, then fail for the same cause."""
    host = Host(tmp_path, "database", "portal", "mail")
    host.play("old")
    put_in_the_way(host, "database")
    host.play("new")
    assert host.state()["portal.conf.told"] == "old"
    assert host.state()["mail.conf.told"] == "new"


def test_a_handler_that_fails_leaves_its_debt(host: Host) -> None:
    """And the next function is applied."""
    (host.folder / "one.conf.told").unlink()
    (host.folder / "one.conf.told").mkdir()
    summary, _ = host.play("new")
    assert [failure["step"].rpartition(" : ")[2] for failure in summary["failures"]] == ["Tell"]
    assert host.debts() == [f"{host.folder}/one.conf"]
    assert (host.folder / "two.conf.told").read_text() == "new"


def test_functions_that_speak_to_the_database_wait_for_it() -> None:
    """What deploy.yml knows of who waits is what the site's flows say."""
    (block,) = yaml.safe_load((ROOT / "runbooks" / "tasks" / "function.yml").read_text(encoding="utf-8"))
    waits = block["vars"]["gru_waits_for"]
    assert {name for name, others in waits.items() if "database" in others} == set(CALLERS[Function.DATABASE, "sql"])
