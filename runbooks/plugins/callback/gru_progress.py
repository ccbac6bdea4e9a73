"""Tell the operator, in French, where each host is; keep the details in a log and a summary for `gru`."""

from __future__ import annotations

import datetime
import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: gru_progress
type: stdout
short_description: Progress of a deployment, host by host and role by role, in French
description:
  - One line when a host enters a role, one sentence when a task fails.
  - Every task's result goes to the file named by GRU_LOG_FILE, the summary to GRU_RESULT_FILE.
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
        self._note(result, "changed" if changed else "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """A task failed."""
        if ignore_errors:
            self._note(result, "ignored", self._reason(result._result))
            return
        self._fail(result, self._reason(result._result))

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A host does not answer over SSH."""
        self._fail(result, f"l'hôte ne répond pas en SSH ({self._reason(result._result)})")

    def v2_runner_on_skipped(self, result: Any) -> None:
        """A task did not apply."""
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
                "failures": self._failures,
                "seconds_by_role": {k: round(v, 1) for k, v in sorted(self._seconds.items())},
            }
            with open(result_file, "w", encoding="utf-8") as stream:
                json.dump(summary, stream, ensure_ascii=False, indent=1)
        if self._log:
            self._log.close()

    def _fail(self, result: Any, reason: str) -> None:
        self._failures.append({"host": result._host.name, "step": self._task(result), "reason": reason})
        self._display.display(f"  ✗ {result._host.name} : {self._task(result)} : {reason}", color="red")
        self._note(result, "FAILED", json.dumps(result._result, ensure_ascii=False, default=str, indent=1))

    @staticmethod
    def _task(result: Any) -> str:
        return str(result._task.get_name())

    @staticmethod
    def _reason(content: dict[str, Any]) -> str:
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
