"""Role `monitoring`: what an alert sends people to read is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.steps import ROOT

RULES = [ROOT / "roles" / "monitoring" / "files" / f"{name}.yml" for name in ("alertes", "promesses")]
PAGE = ROOT / "runbooks" / "alertes.md"


def alerts() -> Iterator[dict[str, Any]]:
    """Every alert of the role."""
    for path in RULES:
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            yield from (rule for rule in group["rules"] if "alert" in rule)


def told() -> list[str]:
    """Titles that the page explains: the first cell of each line of its tables."""
    lines = re.findall(r"^\| ([^|]+?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [line for line in lines if line not in ("alerte", "---")]


def test_every_alert_has_its_line_in_the_page() -> None:
    """The page's titles are the alerts', each once: the mail sends people there."""
    assert sorted(told()) == sorted(rule["labels"]["titre"] for rule in alerts())


@pytest.mark.parametrize("rule", list(alerts()), ids=lambda rule: rule["alert"])
def test_an_alert_says_what_happens_and_what_to_do(rule: dict[str, Any]) -> None:
    """Nobody is woken by a title alone, nor by an English word of Prometheus."""
    assert rule["labels"]["gravite"] in ("critique", "attention", "veille")
    assert rule["annotations"]["resume"].strip()
    assert rule["annotations"]["action"].strip()


def test_every_alert_is_caused_by_a_test() -> None:
    """An alert that no test of the rules expects might never fire."""
    tests = (ROOT / "tests" / "stack").glob("*_test.yml")
    expected = "\n".join(path.read_text(encoding="utf-8") for path in tests)
    assert [rule["alert"] for rule in alerts() if rule["alert"] not in expected] == []


def explained() -> list[tuple[str, list[str]]]:
    """Causes and the alerts that each keeps silent, from Alertmanager's inhibitions, where both are named."""
    written = (ROOT / "roles" / "monitoring" / "templates" / "alertmanager.yml.j2").read_text(encoding="utf-8")
    rules = written.partition("inhibit_rules:")[2].partition("receivers:")[0]
    one = r"source_matchers: \['alertname=\"(\w+)\"'\]\s+target_matchers: \['alertname=~?\"([\w|]+)\"'"
    named = re.findall(one, rules)
    return [(cause, targets.split("|")) for cause, targets in named]


def test_what_a_cause_explains_is_not_told_just_after_it() -> None:
    """A cause that explains sites' alerts ends after each of them: else it was mailed once the cause had ended."""
    lasts = {rule["alert"]: int(rule.get("keep_firing_for", "0m").removesuffix("m")) for rule in alerts()}
    sites = [(cause, target) for cause, targets in explained() if "ErreursDuSite" in targets for target in targets]
    assert {cause for cause, _ in sites} == {"FrontalInjoignable", "SiteInjoignable", "BaseDeDonneesArretee"}
    assert [(cause, target) for cause, target in sites if lasts[cause] <= lasts[target]] == []
