"""What check mode would change is said in French, once, and without secrets."""

from __future__ import annotations

from typing import Any

import pytest

from infra.host_changes import host_changes

UNIT = {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled"}


def detail(**given: Any) -> dict[str, Any]:
    """What `gru_progress` keeps of a task."""
    kept = {"host": "web", "role": "portal", "task": "Do it", "module": "command", "effect": "", "name": None}
    return {**kept, "state": None, "paths": {}, "diff": [], "unit": UNIT, "output": "", **given}


def sentences(**given: Any) -> list[str]:
    """What is said of one task."""
    return [change.sentence for change in host_changes([detail(**given)])]


@pytest.mark.parametrize(
    ("unit", "state", "sentence"),
    [
        ({"LoadState": "masked"}, "started", "le service x.service est masqué : il serait rétabli et démarré"),
        ({"ActiveState": "inactive"}, "started", "le service x.service est arrêté : il serait démarré"),
        ({"ActiveState": "failed"}, "started", "le service x.service est arrêté : il serait démarré"),
        ({}, "started", "le service x.service ne démarre pas avec l'hôte : il serait activé"),
        ({}, "restarted", "le service x.service serait relancé sur ses nouveaux réglages"),
        ({}, "reloaded", "le service x.service relirait ses réglages"),
    ],
)
def test_a_service_is_said_by_what_is_wrong_with_it(unit: dict[str, str], state: str, sentence: str) -> None:
    """Masked, stopped, not enabled, or to be restarted."""
    assert sentences(module="gru_service", name="x.service", state=state, unit=UNIT | unit) == [sentence]


def test_packages_are_those_that_would_come() -> None:
    """Of those asked for, the missing ones; what they need is counted."""
    output = "Inst nginx (1.26)\nInst nginx-common (1.26)\nConf nginx (1.26)\n"
    assert sentences(module="apt", name=["haproxy", "nginx"], output=output) == [
        "paquets à installer : nginx (et 1 dont ils ont besoin)"
    ]


def test_a_short_difference_is_shown_a_long_one_counted_a_secret_hidden() -> None:
    """What everybody may read is shown."""

    def diff(path: str, before: str, after: str) -> dict[str, str]:
        return {"before_header": path, "after_header": path, "before": before, "after": after}

    long = "".join(f"line {rank}\n" for rank in range(20))
    found = host_changes(
        [
            detail(
                module="gru_files",
                paths={"/a": "content", "/b": "content", "/c": "content", "/d": "created", "/e": "rights"},
                diff=[
                    diff("/a", "x = 1\ny = 2\n", "x = 3\ny = 2\n"),
                    diff("/b", "", long),
                    diff("/c", "(secret)\n", "(new secret)\n"),
                    diff("/d", "", "new\n"),
                ],
            )
        ]
    )
    assert [change.sentence for change in found] == [
        "/a serait modifié",
        "/b serait modifié (lignes : 20 de plus, 0 de moins)",
        "/c serait modifié (contenu secret, non montré)",
        "/d serait créé",
        "/e retrouverait son propriétaire et ses droits",
    ]
    assert found[0].lines == ("-x = 1", "+x = 3")
    assert found[0].files == ("/a",)


def test_a_task_says_its_own_effect_and_the_same_is_said_once() -> None:
    """Two items of a loop, one sentence; without an effect, the step's name."""
    twice = [detail(effect="la base serait mise à cette version")] * 2
    assert [change.sentence for change in host_changes(twice)] == ["la base serait mise à cette version"]
    assert sentences() == ["étape « Do it »"]


def test_what_a_cut_run_wrote_is_said_in_one_sentence() -> None:
    """A first installation that was cut leaves dozens of files."""
    assert sentences(module="gru_files", paths={"/a": "owed", "/b": "created"}) == [
        "/a a été écrit par une exécution interrompue : ce qui en dépend serait relancé",
        "/b serait créé",
    ]
    (sentence,) = sentences(module="gru_files", paths={"/a": "owed", "/b": "owed", "/c": "owed"})
    assert sentence.startswith("/a et 2 de plus ont été écrits par une exécution interrompue")
