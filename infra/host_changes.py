"""What Ansible's check mode would change on hosts, put into French for an operator, one sentence a thing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_SHOWN_LINES = 6
"""A longer difference is counted, not shown."""

_FILE_VERBS = {
    "created": "serait créé",
    "content": "serait modifié",
    "rights": "retrouverait son propriétaire et ses droits",
    "removed": "serait retiré",
}
_SERVICE_VERBS = {
    "restarted": "serait relancé sur ses nouveaux réglages",
    "reloaded": "relirait ses réglages",
    "stopped": "serait arrêté",
}


@dataclass(frozen=True, slots=True)
class HostChange:
    """One thing that would change on a host. `lines` is the difference, where it is short and no secret."""

    host: str
    role: str
    task: str
    sentence: str
    files: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def host_changes(details: list[dict[str, Any]]) -> list[HostChange]:
    """Sentences for what `gru_progress` kept of each task, in its order; what two tasks say alike is said once."""
    found: dict[tuple[str, str], HostChange] = {}
    for detail in details:
        for sentence, files, lines in _told(detail):
            change = HostChange(detail["host"], detail["role"], detail["task"], sentence, files, lines)
            found.setdefault((change.host, sentence), change)
    return list(found.values())


def _told(detail: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    if detail["effect"]:
        yield detail["effect"], (), ()
    if detail["paths"]:
        yield from _files(detail)
    elif detail["module"] == "gru_service":
        yield _service(detail), (), ()
    elif detail["module"] == "apt":
        yield _packages(detail), (), ()
    elif not detail["effect"]:
        yield f"étape « {detail['task']} »", (), ()


def _files(detail: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    diffs = {diff["after_header"]: diff for diff in detail["diff"]}
    yield from _owed([path for path, kind in detail["paths"].items() if kind == "owed"])
    for path, kind in detail["paths"].items():
        if kind == "owed":
            continue
        diff = diffs.get(path, {})
        sentence = f"{path} {_FILE_VERBS[kind]}"
        if kind != "content" or not diff:
            yield sentence, (path,), ()
            continue
        if "(new secret)" in diff["after"]:
            yield f"{sentence} (contenu secret, non montré)", (path,), ()
            continue
        compared = difflib.unified_diff(diff["before"].splitlines(), diff["after"].splitlines(), lineterm="", n=0)
        lines = tuple(line for line in compared if not line.startswith(("---", "+++", "@@")))
        if len(lines) <= _SHOWN_LINES:
            yield sentence, (path,), lines
        else:
            more = sum(line.startswith("+") for line in lines)
            yield f"{sentence} (lignes : {more} de plus, {len(lines) - more} de moins)", (path,), ()


def _owed(paths: list[str]) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Files as they must be, written by a run that was cut before their services were told."""
    if len(paths) == 1:
        yield (
            f"{paths[0]} a été écrit par une exécution interrompue : ce qui en dépend serait relancé",
            tuple(paths),
            (),
        )
    elif paths:
        others = f"{paths[0]} et {len(paths) - 1} de plus"
        yield (
            f"{others} ont été écrits par une exécution interrompue : ce qui en dépend serait relancé",
            tuple(paths),
            (),
        )


def _service(detail: dict[str, Any]) -> str:
    name, unit = detail["name"], detail["unit"]
    if unit["LoadState"] == "masked" or str(unit["UnitFileState"]).startswith("masked"):
        return f"le service {name} est masqué : il serait rétabli et démarré"
    if detail["state"] in _SERVICE_VERBS:
        return f"le service {name} {_SERVICE_VERBS[detail['state']]}"
    if unit["ActiveState"] == "active":
        return f"le service {name} ne démarre pas avec l'hôte : il serait activé"
    if unit["ActiveState"] in ("inactive", "failed"):
        return f"le service {name} est arrêté : il serait démarré"
    return f"le service {name} serait démarré"


def _packages(detail: dict[str, Any]) -> str:
    asked = detail["name"] if isinstance(detail["name"], list) else [detail["name"]]
    coming = re.findall(r"^Inst (\S+)", detail["output"], re.MULTILINE)
    names = [name for name in asked if name in coming] or coming or asked
    others = len(set(coming) - set(names))
    return f"paquets à installer : {', '.join(names)}" + (f" (et {others} dont ils ont besoin)" if others else "")
