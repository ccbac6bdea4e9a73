"""The report: one file, two languages, nothing from elsewhere, and it can be made again from the folder."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from infra.state import OperatorError
from loadtests.finished import SERVER_FILE, Finished
from loadtests.json_file import write_json
from loadtests.machine import conditions
from loadtests.observed.front import FrontCount
from loadtests.observed.losses import Losses
from loadtests.observed.series import Curve
from loadtests.observed.server_side import ServerSide
from loadtests.observed.usage import Spent
from loadtests.plan import RECORDING_FILE, Plan
from loadtests.recording import COMPOSITE, Outcome, Recording, Sample
from loadtests.report import plots, write_report
from loadtests.report.plots import ORANGE
from loadtests.report.words import prose
from loadtests.schedule import Segment, draw
from loadtests.shapes import Watched
from loadtests.slo import load_slo
from loadtests.targets import Target
from loadtests.verdict import judge

TARGET = Target("local", "local", {"portal": "https://portail.gru.test"}, addresses={"portail.gru.test": "127.0.10.1"})


@pytest.fixture
def finished(tmp_path: Path) -> Finished:
    """A small run with a bit of everything, one problem with markup in it."""
    schedule = draw([Segment(0, 60, 2, 2)], {"page": 1}, 1)
    plan = Plan("day", "Journée <ordinaire>", TARGET, 1, 60, schedule.digest())
    recording = Recording()
    for number in range(300):
        category = "liste" if number % 5 == 0 else "page"
        recording.add(Sample(number / 5, "lire", "GET portail /", category, 0.001, 0.02 + number / 2000, 200))
        problem = "réponse <b>503</b>" if number == 7 else ""
        recording.outcomes.append(Outcome(number / 5, "lire", 1.0, problem, "2026-AAAA-BBBB"))
    recording.add(Sample(3, "suivre", "connexion complète", "connexion complète", 0, 0.7, COMPOSITE))
    recording.counts.update(generator_cpu_ms=100, generator_wall_ms=60_000)
    front, losses = FrontCount(True, 300, 12, {"200": 300}, 0, 0, True), Losses(300)
    verdict = judge(recording, "day", load_slo(), duration=60, server=ServerSide(front, 0.5, losses))
    curve = Curve("processeur", ((0.0, 0.4), (15.0, 0.6)))
    spent = [Spent("guichet-portail", "portal", 6.5, 10**8)]
    done = Finished(tmp_path, plan, recording, 1.8e9, verdict, front, spent, 0.5, [curve], losses, [], conditions())
    plan.write(tmp_path, schedule)
    write_json(tmp_path / RECORDING_FILE, recording.to_dict())
    done.write()
    return done


class Resources(HTMLParser):
    """Everything a browser would fetch, and every identifier."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.identifiers: list[str] = []
        self.languages: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        for name in ("src", "href", "xlink:href", "data", "srcset"):
            if (place := values.get(name)) and not place.startswith("#"):
                self.fetched.append(f"{tag} {place}")
        if values.get("id"):
            self.identifiers.append(str(values["id"]))
        if values.get("lang"):
            self.languages.add(str(values["lang"]))


def test_the_report_stands_alone(finished: Finished) -> None:
    """No resource from anywhere, each identifier once, French and English."""
    text = write_report(finished).read_text(encoding="utf-8")
    seen = Resources()
    seen.feed(text)
    assert seen.fetched == []
    assert not re.findall(r"url\((?!#)|@import", text)
    assert "<script" not in text
    assert len(seen.identifiers) == len(set(seen.identifiers))
    assert {"fr", "en"} <= seen.languages


def test_the_verdict_comes_first_and_text_is_escaped(finished: Finished) -> None:
    """What the operator wants to know is on top; a server's words are not markup."""
    text = write_report(finished).read_text(encoding="utf-8")
    assert text.index("verdict--") < text.index("<figure")
    assert "réponse &lt;b&gt;503&lt;/b&gt;" in text
    assert "Journée &lt;ordinaire&gt;" in text
    assert "<ordinaire>" not in text


def test_plots_are_files_too(finished: Finished) -> None:
    """SVG and PNG of each plot, and the same run gives the same drawing."""
    write_report(finished)
    first = {path.name: path.read_bytes() for path in finished.directory.glob("*.svg")}
    assert {"over_time.svg", "waits.svg", "honest.svg", "components.svg"} <= first.keys()
    assert {path.stem for path in finished.directory.glob("*.png")} == {name[:-4] for name in first}
    write_report(finished)
    assert first == {path.name: path.read_bytes() for path in finished.directory.glob("*.svg")}


def test_a_long_run_shows_the_memory_of_components(finished: Finished) -> None:
    """Those that matter, the one that grows most told apart; a run that was not looked at has no such plot."""
    assert "Mémoire par composant" not in write_report(finished).read_text(encoding="utf-8")
    memory = {"postgresql": 100 * 2**20, "slapd": 60 * 2**20, "nginx": 6 * 2**20}
    looks = [
        Watched(at * 72.0, {**memory, "postgresql": memory["postgresql"] + at * 2**20}, 10**9, 10**10)
        for at in range(40)
    ]
    long = replace(finished, watched=looks)
    assert "Mémoire par composant" in write_report(long).read_text(encoding="utf-8")
    drawn = (finished.directory / "memory.svg").read_text(encoding="utf-8")
    assert re.search(rf"fill: {ORANGE}[^>]*>postgresql<", drawn)
    assert re.search(r">slapd<", drawn)
    assert not re.search(rf"fill: {ORANGE}[^>]*>slapd<", drawn)
    assert ">nginx<" not in drawn


def test_a_run_is_read_back_from_its_folder(finished: Finished) -> None:
    """The report can be made again, later, elsewhere."""
    again = Finished.read(finished.directory)
    assert again.verdict == finished.verdict
    assert again.front == finished.front
    assert again.losses == finished.losses
    assert again.curves == finished.curves
    assert again.recording.outcomes == finished.recording.outcomes
    assert write_report(again).exists()


def test_a_folder_of_the_former_release_is_read(finished: Finished) -> None:
    """It kept one figure more of each component."""
    path = finished.directory / SERVER_FILE
    seen = json.loads(path.read_text(encoding="utf-8"))
    for component in seen["components"]:
        component["memory_growth"] = 4096
    write_json(path, seen)
    assert Finished.read(finished.directory).components == finished.components


def test_what_was_promised_is_drawn(finished: Finished) -> None:
    """Read back with the run: the strokes of the limits are on the plot of waits."""
    assert "promis" not in (plots.draw("waits", finished, "fr") or "")
    assert "promis" in (plots.draw("waits", Finished.read(finished.directory), "fr") or "")


def test_an_empty_run_has_a_report_too(finished: Finished) -> None:
    """Nothing measured: no plot, and the page says it proves nothing."""
    empty = replace(finished, recording=Recording(), components=[], curves=[])
    empty.verdict = judge(empty.recording, "day", load_slo(), duration=60)
    text = write_report(empty).read_text(encoding="utf-8")
    assert "Cet essai ne prouve rien" in text
    assert "<figure" not in text


def test_a_folder_that_holds_no_run_is_refused(tmp_path: Path) -> None:
    """In words."""
    with pytest.raises(OperatorError, match="pas un essai complet"):
        Finished.read(tmp_path)


def test_a_number_keeps_its_unit_on_its_line() -> None:
    assert prose("Tenue : 14,4 ms sur 136 & 0 % d'échecs") == (
        "Tenue : 14,4\u00a0ms sur 136 &amp; 0\u00a0% d&#x27;échecs"
    )
