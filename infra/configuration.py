"""Run an Ansible runbook over a stack's hosts, as `gru` does for every life event."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.state import SOURCE_DIRECTORY, OperatorError, Stack

RUNBOOKS = SOURCE_DIRECTORY / "runbooks"


@dataclass(frozen=True)
class RunResult:
    """What a runbook did. `changed` counts tasks, `seconds_by_role` is keyed `host/role`."""

    changed: int
    changed_tasks: list[str] = field(default_factory=list)
    seconds_by_role: dict[str, float] = field(default_factory=dict)


def run_runbook(
    stack: Stack,
    name: str,
    log_file: Path,
    *,
    check: bool = False,
    limit: str | None = None,
    variables: dict[str, object] | None = None,
) -> RunResult:
    """Run `runbooks/<name>.yml`; progress goes to standard error.

    Raises:
        OperatorError: a task failed or a host did not answer; the message names host, step, reason and log.
    """
    result_file = stack.directory / f"{name}-result.json"
    result_file.unlink(missing_ok=True)
    command = [
        str(Path(sys.executable).parent / "ansible-playbook"),
        "--inventory",
        str(stack.inventory_file),
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
    run = subprocess.run(command, cwd=RUNBOOKS, env=environment, stdout=sys.stderr.fileno(), check=False)
    summary = _summary(result_file)
    if failures := summary.get("failures"):
        lines = [f"  - hôte {f['host']}, étape « {f['step']} » : {f['reason']}" for f in failures]
        raise OperatorError(
            "La configuration a échoué :\n"
            + "\n".join(lines)
            + f"\nJournal complet : {log_file}\nCorrigez la cause puis relancez la même commande : ce qui est fait"
            " ne sera pas refait."
        )
    if run.returncode or not summary:
        raise OperatorError(f"Ansible s'est arrêté avec le code {run.returncode} avant la fin. Journal : {log_file}")
    return RunResult(summary["changed"], summary["changed_tasks"], summary["seconds_by_role"])


def _summary(result_file: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(result_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return content
