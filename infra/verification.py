"""Verify a running stack from outside: testinfra over SSH and HTTP through the proxy (tests/stack)."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from infra.check_words import in_words
from infra.first_causes import first_causes
from infra.inventory import read_inventory
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack

CHECKS = SOURCE_DIRECTORY / "tests" / "stack"
_NOT_RUN = (2, 3, 4, 5)
NO_SENTENCE = "Une vérification sans nom échoue"


@dataclass(frozen=True)
class Failure:
    """One check that failed: what should be true, and what was seen. `host` is empty where it is not of one host."""

    sentence: str
    reason: str
    host: str = ""


@dataclass(frozen=True)
class Verdict:
    """The outcome of all checks.

    `causes` are plain faults of hosts, looked for when something failed: what to mend first. `log` holds all that was
    seen, when something failed.
    """

    passed: int
    failures: tuple[Failure, ...]
    causes: tuple[str, ...] = ()
    log: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What checks kept of what they did, by name."""

    @property
    def healthy(self) -> bool:
        """Whether something was checked and nothing failed."""
        return self.passed > 0 and not self.failures

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict for `--json`."""
        failures = [asdict(failure) for failure in self.failures]
        return {"healthy": self.healthy, "passed": self.passed, "failures": failures, "causes": list(self.causes)}

    def lines(self) -> list[str]:
        """Lines for an operator: causes first, then what fails; a sentence that fails on several hosts is said once."""
        lines = [f"  ! {cause}." for cause in self.causes]
        if self.causes and self.failures:
            lines.append("  À traiter d'abord. Ce qui ne tient pas, peut-être pour cela :")
        said: dict[str, list[Failure]] = {}
        for failure in self.failures:
            said.setdefault(failure.sentence, []).append(failure)
        for sentence, failures in said.items():
            hosts = sorted({failure.host for failure in failures} - {""})
            lines.append(f"  ✗ {sentence}" + (f" ({', '.join(hosts)})" if hosts else ""))
            if not self.causes:
                lines += [f"      {reason}" for reason in dict.fromkeys(failure.reason for failure in failures)]
        lines.append(f"  {self.passed} vérifications réussies, {len(self.failures)} en échec.")
        if self.log:
            lines.append(f"  Tout ce qui a été constaté : {self.log}")
        return lines


def checks_of(functions: Iterable[str]) -> list[Path]:
    """Checks that belong to these functions alone."""
    return [path for function in functions if (path := CHECKS / f"test_{function}.py").exists()]


def run_checks(stack: Stack, paths: Sequence[Path] = (CHECKS,)) -> Verdict:
    """Run checks of `tests/stack` against `stack`, all of them by default.

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
                *("-o", "junit_logging=no", "--junitxml", str(report), *map(str, paths)),
            ],
            cwd=SOURCE_DIRECTORY,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode in _NOT_RUN or not report.exists():
            log = _keep(stack, run.stdout + run.stderr)
            raise OperatorError(f"Les vérifications n'ont pas pu s'exécuter. Journal : {log}")
        verdict = read_report(report)
        if verdict.failures:
            causes = first_causes(read_inventory(stack), time.time())
            verdict = replace(verdict, causes=tuple(causes), log=_keep(stack, run.stdout))
        return verdict


def _keep(stack: Stack, text: str) -> str:
    """Keep all that pytest said, for whoever mends the platform; the file's name."""
    path = stack.log_directory / f"{datetime.datetime.now():%Y%m%d-%H%M%S}-verify.log"
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return str(path)


def read_report(report: Path) -> Verdict:
    """Return the verdict held by a JUnit file. A check's sentence is the first line of its docstring (tests/stack)."""
    passed = 0
    failures: list[Failure] = []
    facts: dict[str, str] = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - written by pytest a moment ago
        problem = case.find("failure")
        if problem is None:
            problem = case.find("error")
        if problem is None:
            passed += case.find("skipped") is None
            facts |= {name: value for name, value in _properties(case).items() if name not in ("sentence", "host")}
            continue
        properties = _properties(case)
        sentence = properties.get("sentence") or NO_SENTENCE
        failures.append(Failure(sentence, in_words(problem.get("message") or ""), properties.get("host") or ""))
    return Verdict(passed, tuple(failures), facts=facts)


def _properties(case: ET.Element) -> dict[str, str]:
    return {p.get("name", ""): p.get("value", "") for p in case.iter("property")}
