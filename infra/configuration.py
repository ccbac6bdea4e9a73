"""Run an Ansible runbook over a stack's hosts, as `gru` does for every life event."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.children import ends_with_us
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack

RUNBOOKS = SOURCE_DIRECTORY / "runbooks"


@dataclass(frozen=True)
class RunResult:
    """What a runbook did. `changed` counts tasks, `seconds_by_role` is keyed `host/role`."""

    changed: int
    changed_tasks: list[str] = field(default_factory=list)
    seconds_by_role: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckResult:
    """What a runbook would do.

    `changes` are in the terms of Ansible's modules (`host_changes` says them), `failures` what could not be looked at:
    `{host, step, reason}`, in French.
    """

    changes: list[dict[str, Any]]
    failures: list[dict[str, str]]


def run_runbook(
    stack: Stack,
    name: str,
    log_file: Path,
    *,
    check: bool = False,
    limit: str | None = None,
    variables: dict[str, object] | None = None,
    inventory_file: Path | None = None,
) -> RunResult:
    """Run `runbooks/<name>.yml` on the stack's hosts, or on another inventory's; progress goes to standard error.

    Raises:
        OperatorError: a task failed or a host did not answer; the message names host, step, reason and log.
    """
    summary = _play(
        stack, name, log_file, inventory_file or stack.inventory_file, check=check, limit=limit, variables=variables
    )
    if failures := summary["failures"]:
        lines = [f"  - hôte {f['host']}, étape « {f['step']} » : {f['reason']}" for f in failures]
        raise OperatorError(
            "La configuration a échoué :\n"
            + "\n".join(lines)
            + f"\nJournal complet : {log_file}\nUne fois la cause écartée, relancez la même commande : elle finit ce"
            " qui ne l'est pas, et ne refait pas le reste."
        )
    return RunResult(summary["changed"], summary["changed_tasks"], summary["seconds_by_role"])


def check_runbook(stack: Stack, name: str, log_file: Path, inventory_file: Path, hosts: list[str]) -> CheckResult:
    """Ask what `runbooks/<name>.yml` would change on `hosts` of that inventory. Raises OperatorError if it cannot."""
    summary = _play(stack, name, log_file, inventory_file, check=True, limit=",".join(hosts))
    return CheckResult(summary["changes"], summary["failures"] + summary["unseen"])


def _play(
    stack: Stack,
    name: str,
    log_file: Path,
    inventory_file: Path,
    *,
    check: bool,
    limit: str | None,
    variables: dict[str, object] | None = None,
) -> dict[str, Any]:
    """Run the playbook; the summary that gru_progress leaves, failures among it."""
    result_file = inventory_file.with_name(f"{name}-result.json")
    result_file.unlink(missing_ok=True)
    command = [
        str(Path(sys.executable).parent / "ansible-playbook"),
        "--inventory",
        str(inventory_file),
        "--extra-vars",
        f"@{stack.secrets_file}",
        "--vault-password-file",
        str(stack.passphrase_file),
        str(RUNBOOKS / f"{name}.yml"),
    ]
    if check:
        command += ["--check", "--diff"]
    if limit:
        command += ["--limit", limit]
    if variables:
        command += ["--extra-vars", json.dumps(variables)]
    environment = os.environ | {
        "ANSIBLE_CONFIG": str(RUNBOOKS / "ansible.cfg"),
        "ANSIBLE_CALLBACK_PLUGINS": str(RUNBOOKS / "plugins" / "callback"),
        "ANSIBLE_STDOUT_CALLBACK": "gru_progress",
        "ANSIBLE_FORCE_COLOR": "0",
        "GRU_LOG_FILE": str(log_file),
        "GRU_RESULT_FILE": str(result_file),
        "PYTHONUNBUFFERED": "1",
    }
    # Else a killed `gru` would leave it at work on hosts, with no lock to keep the next run away.
    run = subprocess.run(ends_with_us(command), cwd=RUNBOOKS, env=environment, stdout=sys.stderr.fileno(), check=False)
    summary = _summary(result_file)
    if not summary or (run.returncode and not summary["failures"]):
        raise OperatorError(f"Ansible s'est arrêté avec le code {run.returncode} avant la fin. Journal : {log_file}")
    return summary


def _summary(result_file: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(result_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return content
