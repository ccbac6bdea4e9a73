"""The page of a search for capacity: the figure first, then each plateau, with a link to its own report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from infra.state import OperatorError
from loadtests.capacity import CAPACITY_FILE, Capacity, folder
from loadtests.finished import Finished
from loadtests.report.layout import REPORT_FILE, banner, figure_of, outcome, table, write_page
from loadtests.report.plots import BLUE, GREY, INK, LIGHT, ORANGE, STYLE, inline, numbers, to_svg, write_plot
from loadtests.report.words import Language, figure, prose, word
from loadtests.verdict import INVALID, KEPT

PLOT = "capacite"
PAGES, SIGN_IN = "pages-p95", "connexion-p95"


@dataclass(frozen=True)
class Plateau:
    """One rate: what people waited (seconds), and how busy the machine was (share)."""

    rate: float
    exit_code: int
    sentence: str
    pages: float | None
    sign_in: float | None
    busy: float | None

    @classmethod
    def of(cls, run: Finished, rate: float) -> Plateau:
        """What the page says of a run at `rate` arrivals a second."""
        values = {check.name: check.value for check in run.verdict.checks}
        pages, sign_in = (values.get(name) for name in (PAGES, SIGN_IN))
        return cls(
            rate,
            run.verdict.exit_code,
            run.verdict.sentence,
            None if pages is None else pages / 1000,
            None if sign_in is None else sign_in / 1000,
            run.machine,
        )


def write_capacity(directory: Path, found: Capacity, plateaus: Sequence[Plateau]) -> Path:
    """Write the page of a search into its folder; the page's path."""
    ordered = sorted(plateaus, key=lambda plateau: plateau.rate)
    title = f"{word('title', 'fr')} – {word('capacity', 'fr')}"
    return write_page(directory, title, lambda language: _body(found, ordered, directory, language))


def read_capacity(directory: Path) -> tuple[Capacity, list[Plateau]]:
    """A search kept in a folder. Raises OperatorError where it is not whole."""
    try:
        found = Capacity.from_dict(json.loads((directory / CAPACITY_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(f"{directory} ne contient pas une recherche de capacité complète ({error}).") from None
    return found, [Plateau.of(Finished.read(directory / folder(trial.rate)), trial.rate) for trial in found.trials]


def _body(found: Capacity, plateaus: list[Plateau], directory: Path, language: Language) -> Iterator[str]:
    yield f"<h1>{word('title', language)} – {word('capacity', language)}</h1>"
    code = INVALID if found.invalid else KEPT if found.kept else 1
    headline = word("capacity_known", language) if code == KEPT else outcome(code, language)
    yield banner(code, found.sentence if language == "fr" else found.english, language, headline)
    with mpl.rc_context(STYLE):
        drawn = _plot(found, plateaus, language)
        if language == "fr":
            write_plot(drawn, directory, PLOT)
        yield figure_of(inline(to_svg(drawn), f"{PLOT}-{language}"), word("plateaus_plot", language))
    yield f"<h2>{word('plateaus', language)}</h2>{_table(plateaus, language)}"


def _plot(found: Capacity, plateaus: list[Plateau], language: Language) -> Figure:
    """What people waited and how busy the machine was, at each rate; the bracket where the capacity lies is shaded."""
    drawn = Figure(figsize=(9, 4.6), layout="constrained")
    waited, busy = drawn.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    for colour, key, values in (
        (BLUE, "pages_p95", [p.pages for p in plateaus]),
        (ORANGE, "sign_in_p95", [p.sign_in for p in plateaus]),
    ):
        known = [(p.rate, value) for p, value in zip(plateaus, values, strict=True) if value is not None]
        if known:
            waited.plot(*zip(*known, strict=True), color=colour, marker="o", label=word(key, language))
    known = [(p.rate, p.busy * 100) for p in plateaus if p.busy is not None]
    if known:
        busy.plot(*zip(*known, strict=True), color=INK, marker="o")
    for axis in (waited, busy):
        axis.set_ylim(bottom=0)
        axis.grid(color=LIGHT)
        axis.set_axisbelow(True)
        axis.yaxis.set_major_formatter(numbers(language))
        axis.xaxis.set_major_formatter(numbers(language))
        if found.kept and found.missed:
            axis.axvspan(found.kept, found.missed, color=GREY, alpha=0.25, linewidth=0, label=word("between", language))
    busy.set_ylim(0, 100)
    waited.set_title(word("response", language))
    busy.set_title(word("cpu", language))
    busy.set_xlabel(word("arrivals", language))
    if waited.get_legend_handles_labels()[0]:
        waited.legend(frameon=False, loc="upper left")
    return drawn


def _table(plateaus: list[Plateau], language: Language) -> str:
    heads = [word(key, language) for key in ("arrivals", "verdict", "pages_p95", "sign_in_p95", "cpu")]
    rows = [
        [
            f'<a href="{folder(plateau.rate)}/{REPORT_FILE}">{figure(plateau.rate, language, 2)}</a>',
            prose(plateau.sentence if language == "fr" else outcome(plateau.exit_code, "en")),
            *(
                f"{figure(value, language)} s" if value is not None else "–"
                for value in (plateau.pages, plateau.sign_in)
            ),
            figure(None if plateau.busy is None else plateau.busy * 100, language, 0),
        ]
        for plateau in plateaus
    ]
    return table(heads, rows, 2)
