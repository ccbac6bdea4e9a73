"""Pulumi's events put into French for an operator: what is being done, what would change and why."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi.automation import EngineEvent, OpType
from pulumi.automation.events import StepEventMetadata

from infra.targets import SETTINGS

KINDS = {kind: word for settings in SETTINGS.values() for kind, word in settings.resource_words.items()}
"""What an operator calls each type of resource, in the words of its target."""

VERBS = {
    OpType.CREATE: "créer",
    OpType.UPDATE: "modifier",
    OpType.DELETE: "supprimer",
    OpType.REPLACE: "remplacer",
    OpType.CREATE_REPLACEMENT: "recréer",
    OpType.DELETE_REPLACED: "retirer",
    OpType.DISCARD: "oublier",
    OpType.REFRESH: "vérifier",
}

ACTIONS = {
    OpType.CREATE: "create",
    OpType.UPDATE: "update",
    OpType.DELETE: "delete",
    OpType.REPLACE: "replace",
}

HOST = "l'hôte "

COUNTED = {
    OpType.SAME: "same",
    OpType.CREATE: "create",
    OpType.UPDATE: "update",
    OpType.DELETE: "delete",
    OpType.CREATE_REPLACEMENT: "replace",
}
"""A replacement is several steps of the engine; its new half is the one counted."""

REASONS = {
    "address": "son adresse change",
    "aliases": "ses noms changent",
    "cidr": "la plage d'adresses change",
    "cpu_weight": "sa part du processeur change",
    "configDrive": "son premier démarrage change",
    "digest": "il n'est plus tel qu'il a été créé",
    "fixedIps": "son adresse change",
    "flavorName": "son gabarit change (l'hôte redémarre)",
    "hostname": "son nom change",
    "image": "l'image de base change",
    "memory": "sa limite de mémoire change",
    "mounts": "ses volumes changent",
    "name": "son nom change",
    "network": "le réseau change",
    "network_id": "le réseau est recréé",
    "networks": "son interface change",
    "ports": "ses ports publiés changent",
    "powerState": "il ne tourne pas",
    "records": "l'adresse change",
    "schema": "sa description change de version",
    "securityGroupIds": "ses groupes de sécurité changent",
    "size": "sa taille change",
    "ssh_public_key": "la clé SSH autorisée change",
    "status": "il ne tourne pas",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Progress of one resource. `state` is ``start``, ``done`` or ``failed``; `seconds` is known at the end."""

    state: str
    text: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One line of `gru preview`. `action` is create, update, replace or delete (for programs).

    `host` is the name of the host, where the resource is one.
    """

    action: str
    resource: str
    reasons: tuple[str, ...]
    text: str
    host: str = ""


OnStep = Callable[[Step], None]
Failures = Sequence[tuple[str, str]]
"""What a plugin of the engine says, and what it means (`TargetSettings.failures`)."""


HOST_WORDS = ("l'hôte", "le serveur")


def resource_label(urn: str) -> str:
    """``l'hôte db`` from a resource's URN."""
    kind, _, name = urn.rpartition("::")
    return f"{KINDS.get(kind.rpartition(':')[2], 'la ressource')} {name}"


class StepTeller:
    """Follows the events of one operation: tells steps, keeps planned changes and errors."""

    def __init__(self, tell: OnStep, failures: Failures = ()) -> None:
        self._tell = tell
        self._failures = failures
        self._started: dict[tuple[str, OpType], float] = {}
        self.errors: list[str] = []
        self.planned: dict[str, PlannedChange] = {}
        self.counts: Counter[str] = Counter()

    def __call__(self, event: EngineEvent) -> None:
        """Pulumi calls it with each event."""
        if event.resource_pre_event:
            self._before(event.resource_pre_event.metadata, planning=bool(event.resource_pre_event.planning))
        elif event.res_outputs_event and not event.res_outputs_event.planning:
            self._count(event.res_outputs_event.metadata)
            self._after("done", event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            self._after("failed", event.res_op_failed_event.metadata)
        elif event.diagnostic_event and event.diagnostic_event.severity == "error":
            self._keep_error(event.diagnostic_event.message, event.diagnostic_event.urn)

    def _before(self, step: StepEventMetadata, *, planning: bool) -> None:
        if planning:
            change = planned_change(step)
            if change:
                self.planned[step.urn] = change
        elif _told(step):
            self._started[step.urn, step.op] = time.monotonic()
            self._tell(Step("start", _text(step)))

    def _after(self, state: str, step: StepEventMetadata) -> None:
        started = self._started.pop((step.urn, step.op), None)
        if started is not None:
            self._tell(Step(state, _text(step), time.monotonic() - started))

    def _count(self, step: StepEventMetadata) -> None:
        counted = COUNTED.get(step.op)
        if counted and _ours(step):
            self.counts[counted] += 1

    def _keep_error(self, message: str, urn: str | None) -> None:
        text = readable_error(message, self._failures)
        if text and urn and self._failures:  # a plugin's words do not say of what they are
            text = f"{resource_label(urn)} : {text}"
        if text and text not in self.errors:
            self.errors.append(text)


def _ours(step: StepEventMetadata) -> bool:
    """Hosts, networks and volumes; not the stack itself, which Pulumi counts as a resource too."""
    return step.type.rpartition(":")[2] in KINDS


def _told(step: StepEventMetadata) -> bool:
    return _ours(step) and step.op in VERBS and step.op not in (OpType.REPLACE, OpType.REFRESH)


def _text(step: StepEventMetadata) -> str:
    return f"{_verb(step)} {resource_label(step.urn)}"


def _verb(step: StepEventMetadata) -> str:
    """An update of a host that does not run is a repair; what was kept is not destroyed."""
    if step.op == OpType.UPDATE and _stopped(step):
        return "réparer"
    if step.op == OpType.DELETE and step.old and step.old.retain_on_delete:
        return "détacher"
    return VERBS[step.op]


def _stopped(step: StepEventMetadata) -> bool:
    outputs = (step.old.outputs if step.old else None) or {}
    states = (outputs.get("status", "running"), outputs.get("powerState", "active"))
    return states != ("running", "active")


def planned_change(step: StepEventMetadata) -> PlannedChange | None:
    """What a previewed step means to the operator; nothing for steps that change nothing."""
    action = ACTIONS.get(step.op)
    if action is None or not _ours(step):
        return None
    reasons: tuple[str, ...] = ()
    if action in ("update", "replace") and step.old and step.new:
        changed = list(step.keys or []) or _different(step.old.outputs or {}, step.new.inputs or {})
        changed += ["status"] if _stopped(step) else []
        reasons = tuple(REASONS.get(field, field) for field in changed)
    resource = resource_label(step.urn)
    text = f"{_verb(step)} {resource}"
    if action == "delete" and step.old and step.old.retain_on_delete:
        text += " (ses données sont gardées)"
    if reasons:
        text += f" : {', '.join(reasons)}"
    if action == "replace" and resource.startswith(HOST):
        text += " (ce qui n'est pas dans un volume est refait)"
    word, _, name = resource.rpartition(" ")
    return PlannedChange(action, resource, reasons, text, name if word in HOST_WORDS else "")


def _different(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [field for field in new if field in REASONS and old.get(field) != new[field]]


_NOISE = (
    "update failed",
    "preview failed",
    "destroy failed",
    "refresh failed",
    "resource registrations failed",
    "error: an unhandled error occurred",
)


def readable_error(message: str, failures: Failures = ()) -> str:
    """Our own sentence out of what the engine wraps around it; empty for the engine's summary lines."""
    text = re.sub(r"<\{%.*?%\}>|\x1b\[[0-9;]*m", "", message).strip()
    found = re.search(r"Exception calling application: (.*)", text, re.DOTALL)
    if found:
        return found.group(1).strip()
    if any(noise in text.lower() for noise in _NOISE):
        return ""
    for said, words in failures:
        if match := re.search(said, text):
            return match.expand(words)
    return text
