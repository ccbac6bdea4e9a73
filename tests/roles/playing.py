"""One task of a role, played by Ansible itself on this machine with the product's configuration."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]


def play_task(folder: Path, task: dict[str, Any], *options: str) -> dict[str, Any]:
    """Run one task from a playbook of `folder` and return its result."""
    book = [{"hosts": "localhost", "gather_facts": False, "vars": {"town": "Admiville"}, "tasks": [task]}]
    path = folder / "play.yml"
    path.write_text(yaml.safe_dump(book), encoding="utf-8")
    run = subprocess.run(
        [Path(sys.executable).parent / "ansible-playbook", "-i", "localhost,", "-c", "local", *options, path],
        env=os.environ
        | {
            "ANSIBLE_CONFIG": str(ROOT / "runbooks" / "ansible.cfg"),
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, Any] = json.loads(run.stdout[run.stdout.index("{") :])["plays"][0]["tasks"][0]
    result: dict[str, Any] = found["hosts"]["localhost"]
    return result
