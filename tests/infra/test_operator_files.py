"""Files of the operator's machine that `gru` touches or reads."""

from __future__ import annotations

from pathlib import Path

from infra.hosts_file import remove_names, set_names
from infra.verification import read_report


def test_names_are_set_once_and_taken_away_whole(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_text("127.0.0.1 localhost\n", encoding="utf-8")
    assert set_names("local", "127.0.10.1", ["portail.gru.test", "agents.gru.test"], path) is True
    assert set_names("local", "127.0.10.1", ["agents.gru.test", "portail.gru.test"], path) is False
    assert "127.0.10.1 agents.gru.test portail.gru.test" in path.read_text(encoding="utf-8")
    assert set_names("essai", "127.0.20.1", ["portail.essai.gru.test"], path) is True
    assert remove_names("local", path) is True
    assert path.read_text(encoding="utf-8").splitlines() == [
        "127.0.0.1 localhost",
        "# gru essai : début",
        "127.0.20.1 portail.essai.gru.test",
        "# gru essai : fin",
    ]


def test_verdict_counts_and_words_come_from_the_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        """<testsuites><testsuite>
        <testcase classname="t" name="a"/>
        <testcase classname="t" name="b"><properties>
          <property name="sentence" value="Le portail répond."/></properties>
          <failure message="AssertionError: 503&#10;suite"/></testcase>
        <testcase classname="t" name="c"><skipped/></testcase>
        </testsuite></testsuites>""",
        encoding="utf-8",
    )
    verdict = read_report(report)
    assert (verdict.passed, verdict.healthy) == (1, False)
    assert verdict.failures[0].sentence == "Le portail répond."
    assert verdict.failures[0].reason == "503"
