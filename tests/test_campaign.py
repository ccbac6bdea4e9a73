"""A campaign goes on where it stopped, ends what lasts too long, and tells one report."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import pytest

from tests.campaign import Campaign, Record, Stage, main, report, run

FOREVER = "import time, sys; print('commencé', flush=True); time.sleep(600)"


def python(name: str, code: str, limit: float = 1) -> Stage:
    return Stage(name, (sys.executable, "-c", code), limit)


def adds(path: Path, word: str) -> Stage:
    return python(word, f"open({str(path)!r}, 'a').write('{word} ')")


@pytest.fixture
def done(tmp_path: Path) -> Path:
    return tmp_path / "done"


def campaign(*stages: Stage) -> Campaign:
    return Campaign("essai", "Un essai", stages)


def test_what_passed_is_not_done_again_and_what_failed_is(tmp_path: Path, done: Path) -> None:
    fails = python("rate", "raise SystemExit('plus de place')")
    first = campaign(adds(done, "un"), fails, adds(done, "trois"))
    assert not run(first, Record(tmp_path, "abc"), tmp_path)
    assert done.read_text() == "un "

    mended = campaign(first.stages[0], dataclasses.replace(fails, command=adds(done, "deux").command), first.stages[2])
    assert run(mended, Record(tmp_path, "abc"), tmp_path)
    assert done.read_text() == "un deux trois "
    assert run(mended, Record(tmp_path, "abc"), tmp_path)
    assert done.read_text() == "un deux trois "


def test_another_commit_begins_from_nothing(tmp_path: Path, done: Path) -> None:
    one = campaign(adds(done, "un"))
    run(one, Record(tmp_path, "abc"), tmp_path)
    run(one, Record(tmp_path, "def"), tmp_path)
    assert done.read_text() == "un un "


def test_what_left_nothing_is_done_again_with_all_that_follows(tmp_path: Path, done: Path) -> None:
    stages = (adds(done, "un"), dataclasses.replace(adds(done, "deux"), holds=lambda: False), adds(done, "trois"))
    run(campaign(*stages), Record(tmp_path, "abc"), tmp_path)
    run(campaign(*stages), Record(tmp_path, "abc"), tmp_path)
    assert done.read_text() == "un deux trois deux trois "


def test_a_stage_beyond_its_limit_is_ended_and_the_report_says_so(tmp_path: Path) -> None:
    slow = campaign(python("lent", FOREVER, limit=0.03), python("après", "pass"))
    record = Record(tmp_path, "abc")
    assert not run(slow, record, tmp_path)
    told = report([(slow, record)])
    assert "| lent | **échec** |" in told
    assert "arrêté : la limite" in told
    assert "| après | pas faite |" in told


def test_an_unknown_campaign_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inconnue"]) == 2
    assert "Campagne inconnue : inconnue. Campagnes : " in capsys.readouterr().err
