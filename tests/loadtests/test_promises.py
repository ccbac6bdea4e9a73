"""Promises are data: a wrong one is refused in words, and each kind of promise serves a profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.state import OperatorError
from loadtests.observed.server_side import ServerSide
from loadtests.promises import KINDS, Evidence, Promise
from loadtests.promises.acknowledged import Acknowledgements
from loadtests.promises.waits import Wait
from loadtests.recording import Recording
from loadtests.slo import Slo, load_slo
from loadtests.verdict_line import State

SLO = load_slo()
ERRORS = {"nom": "erreurs", "type": "erreurs", "part": 0.1, "phrase": "p", "en": "e"}


def with_promise(**changed: Any) -> Slo:
    content = {name: value for name, value in {**ERRORS, **changed}.items() if value is not None}
    return Slo.model_validate({"validite": SLO.validite.model_dump(), "promesses": {"p": [content]}})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"type": "vitesse"}, r"type de promesse manque ou est inconnu ; types : abus, .*attente"),
        ({"type": None}, r"type de promesse manque"),
        ({"ms": 300}, r"erreurs : une promesse porte sur une seule chose, et « erreurs » ne connaît pas ms"),
        ({"part": None}, r"promesses\.p\.0\.erreurs\.part"),
        ({"part": 12}, r"promesses\.p\.0\.erreurs\.part"),
        ({"type": "attente", "part": None, "ms": 300, "centile": 95}, r"promesses\.p\.0\.attente\.groupe"),
    ],
)
def test_a_wrong_promise_is_told(changed: dict[str, Any], told: str) -> None:
    """Which one, and what is wrong with it."""
    with_promise()
    with pytest.raises(ValueError, match=told):
        with_promise(**changed)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """An operator's error, not a trace."""
    path = tmp_path / "slo.yaml"
    path.write_text("promesses: {day: [{nom: x}]}\n", encoding="utf-8")
    with pytest.raises(OperatorError, match=r"slo\.yaml : (.|\n)*type de promesse"):
        load_slo(path)


def test_every_kind_serves() -> None:
    """A kind that no profile promises would be dead code; a promise has a kind, by construction."""
    used = {type(promise) for promises in SLO.promesses.values() for promise in promises}
    assert used == set(KINDS.values())


@pytest.mark.parametrize("promise", [p for ps in SLO.promesses.values() for p in ps], ids=lambda p: p.nom)
def test_what_was_not_seen_is_not_said_to_be_kept(promise: Promise) -> None:
    """No request, nothing asked of the platform: not measured, or too little to say."""
    found = promise.judge(Evidence(Recording(), 600, ServerSide()))
    silent = {"innocents": State.UNSURE, "refus_polis": State.KEPT}  # nobody refused is what was promised
    assert found.state is silent.get(promise.model_dump()["type"], State.NOT_MEASURED)
    assert (found.name, found.english) == (promise.nom, promise.en)
    assert promise.phrase in found.sentence


def test_mails_are_given_the_time_that_is_promised() -> None:
    """The promise says how long the platform is left alone before it is asked; the others do not mind."""
    told = {promise.settle_seconds() for promise in SLO.promises("chaos")}
    assert told == {None, 900}
    assert Acknowledgements(nom="a", phrase="p", en="e", secondes=5).settle_seconds() == 5
    assert Wait(nom="a", phrase="p", en="e", groupe="tout", centile=95, ms=1).settle_seconds() is None
