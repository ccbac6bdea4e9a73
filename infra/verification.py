"""Verify a running stack from outside: testinfra over SSH and HTTP through the proxy (tests/stack)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from infra.state import SOURCE_DIRECTORY, OperatorError, Stack

CHECKS = SOURCE_DIRECTORY / "tests" / "stack"
_NOT_RUN = (2, 3, 4, 5)


@dataclass(frozen=True)
class Failure:
    """One check that failed: what should be true, and what was seen."""

    sentence: str
    reason: str


@dataclass(frozen=True)
class Verdict:
    """The outcome of all checks."""

    passed: int
    failures: tuple[Failure, ...]

    @property
    def healthy(self) -> bool:
        """Whether something was checked and nothing failed."""
        return self.passed > 0 and not self.failures

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict for `--json`."""
        return {"healthy": self.healthy, "passed": self.passed, "failures": [asdict(f) for f in self.failures]}


def run_checks(stack: Stack) -> Verdict:
    """Run every check of `tests/stack` against `stack`.

    Raises:
        OperatorError: the checks could not run at all.
    """
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.xml"
        environment = os.environ | {"GRU_INVENTORY": str(stack.inventory_file), "GRU_STACK": stack.name}
        run = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django"),
                *("--rootdir", str(SOURCE_DIRECTORY), "-c", str(SOURCE_DIRECTORY / "pyproject.toml")),
                *("-o", "junit_logging=no", "--junitxml", str(report), str(CHECKS)),
            ],
            cwd=SOURCE_DIRECTORY,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode in _NOT_RUN or not report.exists():
            tail = "\n".join((run.stdout + run.stderr).strip().splitlines()[-15:])
            raise OperatorError(f"Les vérifications n'ont pas pu s'exécuter :\n{tail}")
        return read_report(report)


def read_report(report: Path) -> Verdict:
    """Return the verdict held by a JUnit file. A check's sentence is the first line of its docstring."""
    passed = 0
    failures: list[Failure] = []
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - written by pytest a moment ago
        problem = case.find("failure")
        if problem is None:
            problem = case.find("error")
        if problem is None:
            passed += case.find("skipped") is None
            continue
        properties = {p.get("name"): p.get("value") for p in case.iter("property")}
        sentence = properties.get("sentence") or f"{case.get('classname')}.{case.get('name')}"
        reason = (problem.get("message") or "").splitlines()
        failures.append(Failure(sentence, reason[0][:400] if reason else "sans précision"))
    return Verdict(passed, tuple(failures))
