"""The engine's events become French that an operator understands."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.automation import EngineEvent
from pulumi.automation.events import StepEventMetadata

from infra.steps import StepTeller, planned_change, readable_error, resource_label

URN = "urn:pulumi:local::gru::pulumi-python:dynamic/gru:{}::{}"


def step(op: str, kind: str = "DockerHost", name: str = "db", **states: Any) -> dict[str, Any]:
    kind_name = f"pulumi-python:dynamic/gru:{kind}"
    return {"op": op, "urn": URN.format(kind, name), "type": kind_name, **states}


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        (step("create"), "créer l'hôte db"),
        (step("create", "DockerNetwork", "network"), "créer le réseau network"),
        (step("same"), None),
        (step("delete", "DockerVolume", "base", old={"retainOnDelete": True}), "(ses données sont gardées)"),
        (
            step("update", old={"outputs": {"status": "exited"}}, new={"inputs": {}}),
            "réparer l'hôte db : il ne tourne pas",
        ),
        (
            step("update", old={"outputs": {"memory": 1, "status": "running"}}, new={"inputs": {"memory": 2}}),
            "modifier l'hôte db : sa limite de mémoire change",
        ),
        (
            step("replace", old={"outputs": {}}, new={"inputs": {}}, keys=["image"]),
            "remplacer l'hôte db : l'image de base change (ce qui n'est pas dans un volume est refait)",
        ),
    ],
)
def test_a_planned_change_is_told_in_words(metadata: dict[str, Any], text: str | None) -> None:
    change = planned_change(StepEventMetadata.from_json(metadata))
    if text is None:
        assert change is None
    else:
        assert change is not None
        assert text in change.text


def test_errors_lose_what_the_engine_wraps_around_them() -> None:
    wrapped = "<{%reset%}>Exception calling application: le port est pris<{%reset%}>\n"
    assert readable_error(wrapped) == "le port est pris"
    assert readable_error("update failed") == ""
    assert readable_error("other trouble") == "other trouble"


def test_progress_is_told_once_with_its_time_and_errors_once() -> None:
    told = []
    teller = StepTeller(told.append)
    events = [
        {"resourcePreEvent": {"metadata": step("create")}},
        {"resourcePreEvent": {"metadata": step("same", name="idp")}},
        {"diagnosticEvent": {"severity": "error", "message": "Exception calling application: panne", "color": ""}},
        {"diagnosticEvent": {"severity": "error", "message": "Exception calling application: panne", "color": ""}},
        {"resOpFailedEvent": {"metadata": step("create"), "status": 1, "steps": 1}},
    ]
    for number, event in enumerate(events):
        teller(EngineEvent.from_json({"sequence": number, "timestamp": 0, **event}))
    assert [(s.state, s.text) for s in told] == [("start", "créer l'hôte db"), ("failed", "créer l'hôte db")]
    assert told[1].seconds is not None
    assert teller.errors == ["panne"]


def test_resources_have_french_names() -> None:
    assert resource_label(URN.format("DockerVolume", "db-base")) == "le volume db-base"
