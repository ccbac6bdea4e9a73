"""Tell the operator, in French, where each host is; keep the details in a log and a summary for `gru`."""

from __future__ import annotations

import datetime
import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

WOULD_RUN = "Command would have run if not in check mode"

HIDDEN_REASONS = {
    "connection refused": "la connexion est refusée : le service appelé ne tourne pas, ou n'écoute pas là",
    "authentication failed": "le service appelé refuse le compte ou le mot de passe",
    "invalid credentials": "l'annuaire refuse le compte ou le mot de passe",
    "insufficient access": "le compte employé n'a pas le droit de faire cela",
    "permission denied": "le droit manque (fichier, base ou compte)",
    "could not translate host name": "le nom du service appelé est inconnu (DNS)",
    "name or service not known": "le nom du service appelé est inconnu (DNS)",
    "no pg_hba.conf entry": "la base n'accepte pas ce compte depuis cet hôte",
    "certificate": "le certificat du service appelé n'est pas accepté",
    "timeout": "le service appelé ne répond pas à temps",
    "timed out": "le service appelé ne répond pas à temps",
    "no route to host": "le service appelé n'est pas joignable par le réseau",
    "can't contact ldap server": "l'annuaire ne répond pas",
    "no space left": "le disque est plein",
    "does not exist": "ce qui est demandé n'existe pas encore",
    "recovery": "la base est en cours de reprise",
    "starting up": "la base est en cours de démarrage",
    "too many connections": "la base n'accepte plus de connexion",
    "is undefined": "une variable manque à cette étape",
}
"""What an error's own words hold (in small letters), and what the operator is told when they may hold a secret too."""


def error_words(event: Any) -> str:
    """All that an error says of itself, without the excerpts of playbooks that come with it."""
    if event is None:
        return ""
    inner = [event.chain.event] if event.chain else []
    return " ".join([str(event.msg), *map(error_words, [*inner, *(event.events or ())])])


def hidden_reason(words: str) -> str:
    """The class of a failure whose words stay hidden, in French; it never repeats them."""
    found = [sentence for sign, sentence in HIDDEN_REASONS.items() if sign in words.lower()]
    return f"{found[0] if found else 'raison non reconnue'} (le détail est caché : il peut contenir un secret)"


DOCUMENTATION = """
name: gru_progress
type: stdout
short_description: Progress of a deployment, host by host and role by role, in French
description:
  - One line when a host enters a role, one sentence when a task fails.
  - Every task's result goes to the file named by GRU_LOG_FILE, the summary to GRU_RESULT_FILE.
  - The summary tells what each task changed (in check mode, what it would change), in the terms of its module.
  - A task whose output is hidden (no_log) fails with the class of its reason, never with its words, and with what the
    task itself says of where to look (C(vars), C(remedy), where HÔTE is the host).
requirements:
  - set as stdout callback by the gru command
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Ansible's stdout callback for `gru`."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "gru_progress"

    def __init__(self) -> None:
        super().__init__()
        self._start = time.monotonic()
        self._role_of: dict[str, str] = {}
        self._seconds: dict[str, float] = {}
        self._task_start: dict[tuple[str, str], float] = {}
        self._failures: list[dict[str, str]] = []
        self._changed: list[str] = []
        self._written: set[tuple[str, str]] = set()
        self._changes: list[dict[str, Any]] = []
        self._unseen: list[dict[str, str]] = []
        log_file = os.environ.get("GRU_LOG_FILE")
        self._log = open(log_file, "a", encoding="utf-8") if log_file else None  # noqa: SIM115 - whole run

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """A host begins a task."""
        self._task_start[host.name, task._uuid] = time.monotonic()
        role = task._role.get_name() if task._role else ""
        if role and self._role_of.get(host.name) != role:
            self._role_of[host.name] = role
            elapsed = round(time.monotonic() - self._start)
            self._display.display(f"  [{elapsed:3d} s] {host.name} : {role}")

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task went well, with or without a change."""
        changed = bool(result._result.get("changed"))
        if changed:
            self._changed.append(f"{result._host.name} : {self._task(result)}")
            self._changes += self._details(result)
            self._tell_what_was_owed(result)
        self._note(result, "changed" if changed else "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """A task failed."""
        if ignore_errors:
            self._unseen.append(self._failure(result, self._reason(result)))
            self._note(result, "ignored", self._reason(result))
            return
        self._fail(result, self._reason(result))

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A host does not answer over SSH."""
        self._fail(result, f"l'hôte ne répond pas en SSH ({self._reason(result)})")

    def v2_runner_on_skipped(self, result: Any) -> None:
        """A task did not apply; or it is a command, which check mode does not run.

        One that says itself whether it changed anything (`changed_when` is an expression) is not counted: nobody knows.
        """
        if result._task.changed_when in ([], [True]) and WOULD_RUN in json.dumps(result._result, default=str):
            self._changes += self._details(result)
        self._note(result, "skipped")

    def v2_runner_retry(self, result: Any) -> None:
        """A task waits for something and will be tried again."""
        self._note(result, "retry")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """The run is over: leave the summary for `gru`."""
        result_file = os.environ.get("GRU_RESULT_FILE")
        if result_file:
            summary = {
                "hosts": sorted(stats.processed),
                "changed": len(self._changed),
                "changed_tasks": self._changed,
                "changes": self._changes,
                "unseen": self._unseen,
                "failures": self._failures,
                "seconds_by_role": {k: round(v, 1) for k, v in sorted(self._seconds.items())},
            }
            with open(result_file, "w", encoding="utf-8") as stream:
                json.dump(summary, stream, ensure_ascii=False, indent=1)
        if self._log:
            self._log.close()

    def _tell_what_was_owed(self, result: Any) -> None:
        """Files that an interrupted run wrote without doing what follows: this run does it.

        A role that a function calls twice finds owed what its first call wrote: no other run did.
        """
        host, changes = result._host.name, result._result.get("changes") or {}
        paths = [path for path, kind in changes.items() if kind == "owed" and (host, path) not in self._written]
        self._written |= {(host, path) for path in changes}
        if paths and result._task.action == "gru_files" and not result._task.check_mode:
            more = f" et {len(paths) - 1} de plus" if len(paths) > 1 else ""
            self._display.display(f"  ↻ {host} : finit ce qu'une exécution interrompue a laissé après {paths[0]}{more}")

    def _fail(self, result: Any, reason: str) -> None:
        self._failures.append(self._failure(result, reason))
        self._display.display(f"  ✗ {result._host.name} : {self._task(result)} : {reason}", color="red")
        self._note(result, "FAILED", json.dumps(result._result, ensure_ascii=False, default=str, indent=1))

    @staticmethod
    def _task(result: Any) -> str:
        return str(result._task.get_name())

    def _failure(self, result: Any, reason: str) -> dict[str, str]:
        return {"host": result._host.name, "step": self._task(result), "reason": reason}

    def _details(self, result: Any) -> list[dict[str, Any]]:
        """What changed in the terms of the module, for each item of a loop: `infra.host_changes` puts it in French."""
        task, content = result._task, result._result
        # Items of a loop whose output is hidden keep their number, and nothing that tells them apart.
        items = [item for item in content.get("results", []) if not item.get("censored")] or [content]
        told = []
        for item in items:
            if not (item.get("changed") or item.get("msg") == WOULD_RUN or len(items) == 1):
                continue
            module = task.action.rpartition(".")[2]
            arguments = (item.get("invocation") or {}).get("module_args") or {}
            status = item.get("status") or {}
            told.append(
                {
                    "host": result._host.name,
                    "role": task._role.get_name() if task._role else "",
                    "task": self._task(result),
                    "module": module,
                    "effect": task.vars.get("effect", ""),
                    "name": item.get("name") or arguments.get("name"),
                    "state": arguments.get("state"),
                    "paths": item.get("changes") or {},
                    # Of our own module alone: it knows what may be shown.
                    "diff": item.get("diff") or [] if module == "gru_files" else [],
                    "unit": {key: status.get(key) for key in ("LoadState", "ActiveState", "UnitFileState")},
                    "output": item.get("stdout", "") if module == "apt" else "",
                }
            )
        return told

    @staticmethod
    def _reason(result: Any) -> str:
        content = result._result
        if content.get("censored"):
            reason = hidden_reason(error_words(result.exception.event) if result.exception else "")
            # What a role says of a step whose words stay hidden: where the operator can read the cause.
            remedy = str(result._task.vars.get("remedy", "")).replace("HÔTE", result._host.name)
            return f"{reason} ; {remedy}" if remedy else reason
        parts = [str(content.get("msg") or content.get("censored") or "")]
        if stderr := str(content.get("stderr") or content.get("module_stderr") or "").strip():
            parts.append(stderr.splitlines()[-1])
        return " - ".join(part.strip() for part in parts if part.strip())[:600]

    def _note(self, result: Any, state: str, detail: str = "") -> None:
        started = self._task_start.pop((result._host.name, result._task._uuid), None)
        took = time.monotonic() - started if started else 0.0
        role = result._task._role.get_name() if result._task._role else "-"
        key = f"{result._host.name}/{role}"
        self._seconds[key] = self._seconds.get(key, 0.0) + took
        if self._log:
            now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
            line = f"{now} {state:8} {took:6.2f} s  {result._host.name:12} {self._task(result)} {detail}"
            self._log.write(line.rstrip() + "\n")
            self._log.flush()
