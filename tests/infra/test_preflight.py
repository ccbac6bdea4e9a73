"""What cannot work is refused at once, all of it, before anything is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import preflight, site_checks
from infra.model import Site, load_site
from infra.state import OperatorError, Stack
from tests.infra.site_file import LOCAL


@pytest.fixture
def site() -> Site:
    """The local site."""
    return load_site(Stack("local").site_file)


def test_all_that_is_wrong_is_told_at_once(site: Site) -> None:
    """Two checks that find something make one refusal of two lines."""
    checks: tuple[preflight.Check, ...] = (
        lambda _stack, _site: ["la clé manque"],
        lambda _stack, _site: [],
        lambda _stack, _site: ["le nom est ailleurs"],
    )
    with pytest.raises(OperatorError) as refusal:
        preflight.refuse_what_cannot_work(Stack("local"), site, checks)
    assert str(refusal.value).splitlines()[1:] == ["  - la clé manque", "  - le nom est ailleurs"]


def test_a_sound_site_passes(site: Site) -> None:
    """Nothing found, nothing said."""
    preflight.refuse_what_cannot_work(Stack("local"), site, ())


@pytest.mark.parametrize(("functions", "given", "wanted"), [("database", 128, 300), ("database, mail", 349, 350)])
def test_too_little_memory_is_refused_with_the_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, functions: str, given: int, wanted: int
) -> None:
    """Docker said it in its own words, half-way; the figures are those asked of servers."""
    monkeypatch.setenv("GRU_SITES_DIRECTORY", str(tmp_path))
    stack = Stack("ville")
    stack.site_directory.mkdir()
    shipped = LOCAL.read_text(encoding="utf-8").replace("[mail, franceconnect_simulator]", "[franceconnect_simulator]")
    shipped = shipped if "mail" in functions else shipped.replace("[franceconnect_sim", "[mail, franceconnect_sim")
    stack.site_file.write_text(
        shipped.replace("[database]\n    memory_mb: 1024", f"[{functions}]\n    memory_mb: {given}"), encoding="utf-8"
    )
    found = list(site_checks.memory_is_enough(stack, load_site(stack.site_file)))
    assert len(found) == 1
    assert f"ligne 24 : hosts.db.memory_mb : {given} Mio ne suffisent pas, il en faut {wanted}" in found[0]


def test_memory_that_is_enough_is_accepted(site: Site) -> None:
    """The shipped site's, and none at all."""
    assert list(site_checks.memory_is_enough(Stack("local"), site)) == []
