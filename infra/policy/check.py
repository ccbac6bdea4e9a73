"""The rules of placement as a check: what is broken is refused before anything is made, with rule, source and line."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from infra.addressing import settled
from infra.model import Site
from infra.model.yaml_file import read_yaml
from infra.policy.qualifications import LIST_STALE_DAYS, offers
from infra.policy.rules import Breach, State, Verdict, verdicts
from infra.site_plan import make_plan
from infra.state import Stack


def judged(stack: Stack, site: Site, today: datetime.date | None = None) -> list[Verdict]:
    """What every rule says of the site, today unless told otherwise."""
    plan = make_plan(stack.name, settled(site, {}), image="", ssh_public_key="")
    return verdicts(site, plan, today or datetime.datetime.now(datetime.UTC).date())


def breaches(stack: Stack, site: Site) -> Iterator[str]:
    """A French sentence for each breach that no waiver covers."""
    for verdict in judged(stack, site):
        if verdict.state is State.BROKEN:
            rule = verdict.rule
            for breach in verdict.breaches:
                yield f"{told(stack, breach)} [règle {rule.code}, « {rule.title} » ; source : {rule.source}]"


def doubts(stack: Stack, site: Site) -> Iterator[str]:
    """Waivers, recalled at each run; a list of qualifications that nobody has read again."""
    for verdict in judged(stack, site):
        if verdict.state is State.WAIVED:
            yield f"la règle {verdict.rule.code}, « {verdict.rule.title} », est écartée : {verdict.reason}"
    if site.policy.qualification:
        read = min(one.read_on for one in offers())
        if (datetime.datetime.now(datetime.UTC).date() - read).days > LIST_STALE_DAYS:
            yield f"la liste SecNumCloud a été lue le {read} : relisez-la (infra/policy/secnumcloud.yaml)"


def told(stack: Stack, breach: Breach) -> str:
    """A breach with its line in site.yaml."""
    line = read_yaml(stack.site_file).line(breach.place)
    return f"{stack.site_file}, ligne {line} : {breach.sentence}"
