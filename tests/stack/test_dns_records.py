"""Checks of the town's DNS: what `gru records` tells to publish is published."""

from __future__ import annotations

import os

import pytest

from infra import dns_check
from infra.cli.records import wanted_zone
from infra.dns_records import Zone
from infra.model import Site, load_site
from infra.model.words import reserved_domain
from infra.state import Stack


@pytest.fixture(scope="module")
def site() -> Site:
    """The site, where its names are for everybody."""
    name = os.environ.get("GRU_STACK")
    if not name:
        pytest.skip("GRU_STACK ne nomme pas de site")
    found = load_site(Stack(name).site_file)
    if not found.target.capabilities.hosted:
        pytest.skip("cette plateforme n'existe que sur cette machine : rien n'est publié")
    if end := reserved_domain(found.domain):
        pytest.skip(f"aucun DNS public ne connaît les noms en .{end}, réservés aux essais")
    return found


@pytest.fixture(scope="module")
def wanted(site: Site) -> Zone:
    """What is to publish."""
    return wanted_zone(Stack(os.environ["GRU_STACK"]), site)


def test_the_dns_says_what_the_platform_needs(site: Site, wanted: Zone) -> None:
    """Le DNS mène au frontal, et dit d'où partent nos courriels (« gru records --check » donne le détail)."""
    found = dns_check.check(site, wanted, dns_check.resolver())
    problems = [finding.problem for finding in found if finding.problem]
    assert not problems, " ; ".join(problems)
