"""Plots of a run: few marks, direct labels, colours that colour-blind people tell apart."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from loadtests.finished import Finished
from loadtests.promises.waits import Wait
from loadtests.recording import ALL, COMPOSITE, LAG, RESPONSE, SERVICE
from loadtests.report.words import Language, figure, word
from loadtests.shapes import SMALL, growing_most

BLUE, ORANGE, GREY, INK, LIGHT = "#0b5394", "#c2410c", "#8a94a6", "#1f2937", "#e5e7eb"
WINDOW_SECONDS = 10.0
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "gru",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "figure.facecolor": "white",
}

Plot = Callable[[Finished, Language], "Figure | None"]


def over_time(run: Finished, language: Language) -> Figure | None:
    """Arrivals, response times and the platform's own curves, one above the other on one time axis."""
    pages = [s for s in run.recording.samples if s.status != COMPOSITE and s.category != "ressource"]
    if not pages:
        return None
    curves = {curve.name: curve for curve in run.curves if curve.points}
    shown = [key for key in ("processeur", "connexions_base", "taches_en_attente") if key in curves]
    panels = 2 + len(shown)
    drawn = Figure(figsize=(9, 1.75 * panels + 0.4), layout="constrained")
    axes: list[Axes] = list(np.atleast_1d(drawn.subplots(panels, 1, sharex=True)))
    _arrivals(axes[0], run, language)
    _windows(axes[1], [(s.due, s.response) for s in pages], language)
    titles = {"processeur": "cpu", "connexions_base": "connections", "taches_en_attente": "queue"}
    for axis, key in zip(axes[2:], shown, strict=True):
        factor = 100 if key == "processeur" else 1
        at, values = zip(*curves[key].points, strict=True)
        axis.plot(at, [value * factor for value in values], color=INK, linewidth=1.6)
        axis.set_ylim(0, 100 if key == "processeur" else None)
        axis.set_title(word(titles[key], language))
        axis.yaxis.set_major_locator(MaxNLocator(4, integer=key != "processeur"))
        if not any(values):
            axis.set_ylim(0, 1)
    for axis in axes:
        axis.grid(axis="y", color=LIGHT)
        axis.set_axisbelow(True)
        axis.yaxis.set_major_formatter(numbers(language))
        for start, end, _ in _disturbed(run):
            axis.axvspan(start, end, color=LIGHT, zorder=0, linewidth=0)
    for start, _, what in _disturbed(run):
        axes[0].annotate(what, (start, 0.98), xycoords=("data", "axes fraction"), va="top", fontsize=8, color=INK)
    axes[-1].set_xlabel(word("seconds", language))
    axes[-1].set_xlim(0, max(s.due for s in pages) + WINDOW_SECONDS)
    return drawn


def _disturbed(run: Finished) -> list[tuple[float, float, str]]:
    """What the profile did to the platform meanwhile: from, to (seconds), and which component or « abus »."""
    if (profile := run.profile) is None:
        return []
    spans = [(outage.a, outage.a + outage.pendant, outage.composant) for outage in profile.pannes]
    return [*spans, (profile.abus.de, profile.abus.a, "abus")] if profile.abus else spans


def _arrivals(axis: Axes, run: Finished, language: Language) -> None:
    moments = [o.at for o in run.recording.outcomes if o.journey != "agent"]
    last = max(moments, default=0) + WINDOW_SECONDS
    counts, edges = np.histogram(moments, bins=np.arange(0, last + WINDOW_SECONDS, WINDOW_SECONDS))
    axis.bar(edges[:-1], counts / WINDOW_SECONDS, width=WINDOW_SECONDS * 0.9, align="edge", color=BLUE)
    failed = [o.at for o in run.recording.outcomes if o.failed and o.journey != "agent"]
    if failed:
        missed, _ = np.histogram(failed, bins=edges)
        axis.bar(edges[:-1], missed / WINDOW_SECONDS, width=WINDOW_SECONDS * 0.9, align="edge", color=ORANGE)
        axis.annotate(word("failed", language), (1, 1), xycoords="axes fraction", ha="right", va="bottom", color=ORANGE)
    axis.set_title(word("arrivals", language))


def _windows(axis: Axes, points: list[tuple[float, float]], language: Language) -> None:
    windows: dict[int, list[float]] = {}
    for due, response in points:
        windows.setdefault(int(due // WINDOW_SECONDS), []).append(response)
    at = [(number + 0.5) * WINDOW_SECONDS for number in sorted(windows)]
    ordered = [windows[number] for number in sorted(windows)]
    for percent, colour in ((95, ORANGE), (50, BLUE)):
        values = [float(np.percentile(values, percent)) for values in ordered]
        axis.plot(at, values, color=colour, linewidth=1.8, marker="o", markersize=2.5)
    # Beside the title rather than at the lines' ends, which often meet.
    for place, (colour, key) in enumerate(((BLUE, "median"), (ORANGE, "p95"))):
        axis.annotate(
            word(key, language), (1, 1), xycoords="axes fraction", xytext=(-110 * (1 - place), 3),
            textcoords="offset points", ha="right", va="bottom", color=colour,
        )  # fmt: skip
    axis.set_ylim(bottom=0)
    axis.set_title(word("response", language))


def waits(run: Finished, language: Language) -> Figure | None:
    """Median, 95th and 99th percentiles of each kind of page; the promised limits as strokes."""
    recording = run.recording
    groups = [g for g in recording.groups(RESPONSE, "categorie:") if g != "categorie:ressource"]
    if not groups:
        return None
    drawn = Figure(figsize=(9, 0.42 * len(groups) + 1.2), layout="constrained")
    axis = drawn.subplots()
    for row, group in enumerate(groups):
        values = [recording.percentile(RESPONSE, group, percent) or 0 for percent in (50, 95, 99)]
        axis.plot([values[0], values[2]], [row, row], color=GREY, linewidth=2, zorder=1)
        for value, colour, size in zip(values, (BLUE, ORANGE, INK), (46, 46, 30), strict=True):
            axis.scatter(value, row, s=size, color=colour, zorder=2)
    # What is promised of the 95th percentile.
    promised = {p.groupe: p.ms / 1000 for p in run.promises if isinstance(p, Wait) and p.centile == 95}
    for row, group in enumerate(groups):
        if group in promised:
            axis.plot([promised[group]] * 2, [row - 0.3, row + 0.3], color=ORANGE, linewidth=2.5)
    if promised.keys() & set(groups):
        axis.plot([], [], color=ORANGE, linewidth=2.5, label=word("promised", language))
    for percent, colour in ((50, BLUE), (95, ORANGE), (99, INK)):
        axis.scatter([], [], color=colour, label=word("median", language) if percent == 50 else f"{percent} %")
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.xaxis.set_major_formatter(numbers(language))
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.set_yticks(range(len(groups)), [group.removeprefix("categorie:") for group in groups])
    axis.invert_yaxis()
    axis.grid(axis="x", color=LIGHT)
    axis.set_axisbelow(True)
    axis.set_xlabel(word("waits_axis", language))
    axis.legend(frameon=False, ncols=4, loc="lower right", bbox_to_anchor=(1, 1))
    return drawn


def honest(run: Finished, language: Language) -> Figure | None:
    """The whole distribution: response, service and the generator's lag. Where they part, people waited unseen."""
    if not run.recording.count(RESPONSE, ALL):
        return None
    drawn = Figure(figsize=(9, 3.6), layout="constrained")
    axis = drawn.subplots()
    # Even steps in « nines »: the last per cent takes as much room as the first ninety-nine.
    shares = 1 - np.logspace(0, -3.5, 120)
    for metric, colour, key in (
        (RESPONSE, ORANGE, "response_curve"),
        (SERVICE, BLUE, "service_curve"),
        (LAG, GREY, "lag_curve"),
    ):
        values = [(run.recording.percentile(metric, ALL, float(share) * 100) or 0) * 1000 for share in shares]
        axis.plot(1 / (1 - shares), values, color=colour, linewidth=2, label=word(key, language))
    axis.set_xscale("log")
    axis.set_yscale("log")
    marks = (0.5, 0.9, 0.99, 0.999)
    axis.set_xticks([1 / (1 - mark) for mark in marks], [f"{figure(mark * 100, language)} %" for mark in marks])
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.yaxis.set_major_formatter(numbers(language))
    axis.grid(color=LIGHT)
    axis.set_axisbelow(True)
    axis.set_xlabel(word("honest_axis", language))
    axis.set_ylabel("ms")
    axis.set_ylim(bottom=0.1)
    axis.legend(frameon=False, loc="upper left")
    return drawn


def components(run: Finished, language: Language) -> Figure | None:
    """Processor seconds of each component per thousand requests."""
    merged: dict[str, float] = {}
    for item in run.components:
        merged[item.name] = merged.get(item.name, 0) + item.cpu
    rows = sorted(((cpu, name) for name, cpu in merged.items() if cpu >= 0.05), reverse=True)[:10]
    sent = run.recording.counts["sent"]
    if not rows or not sent:
        return None
    drawn = Figure(figsize=(9, 0.34 * len(rows) + 1), layout="constrained")
    axis = drawn.subplots()
    values = [cpu / sent * 1000 for cpu, _ in rows]
    axis.barh(range(len(rows)), values, color=BLUE)
    for row, value in enumerate(values):
        axis.annotate(figure(value, language), (value, row), xytext=(4, 0), textcoords="offset points", va="center")
    axis.set_yticks(range(len(rows)), [name for _, name in rows])
    axis.invert_yaxis()
    axis.margins(x=0.12)
    axis.xaxis.set_major_formatter(numbers(language))
    axis.set_xlabel(word("components_axis", language))
    return drawn


def memory(run: Finished, language: Language) -> Figure | None:
    """Memory of each component while the run went on; the one that grows most stands out. Long runs only."""
    limit = next((check.limit or 0 for check in run.verdict.checks if check.name == "croissance"), 0)
    most = growing_most(run.watched, limit)
    if most is None:
        return None
    drawn = Figure(figsize=(9, 3.6), layout="constrained")
    axis = drawn.subplots()
    lines = {
        name: [(w.at, w.memory[name] / 2**20) for w in run.watched if name in w.memory]
        for name in {name for look in run.watched for name in look.memory}
    }
    lines = {name: points for name, points in lines.items() if max(value for _, value in points) * 2**20 >= SMALL}
    apart, below = max(value for points in lines.values() for _, value in points) / 20, 0.0
    for name, points in sorted(lines.items(), key=lambda line: line[1][-1][1]):
        at, values = zip(*points, strict=True)
        colour, width = (ORANGE, 2.2) if name == most[0] else (GREY, 1.4)
        axis.plot(at, values, color=colour, linewidth=width)
        # Two names at one height could not be read.
        below = max(values[-1], below + apart)
        colour = ORANGE if name == most[0] else INK
        axis.annotate(
            name, (at[-1], below), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8, color=colour
        )
    axis.set_xlim(0, run.watched[-1].at * 1.2)
    axis.set_ylim(bottom=0)
    axis.grid(axis="y", color=LIGHT)
    axis.set_axisbelow(True)
    axis.yaxis.set_major_formatter(numbers(language))
    axis.set_xlabel(word("seconds", language))
    axis.set_ylabel("Mio" if language == "fr" else "MiB")
    return drawn


PLOTS: dict[str, Plot] = {
    "over_time": over_time,
    "waits": waits,
    "honest": honest,
    "components": components,
    "memory": memory,
}


def draw(name: str, run: Finished, language: Language) -> str | None:
    """One plot as SVG text to put into a page; written as SVG and PNG too, in French. None where nothing is known."""
    with mpl.rc_context(STYLE):
        drawn = PLOTS[name](run, language)
        if drawn is None:
            return None
        svg = to_svg(drawn)
        if language == "fr":
            (run.directory / f"{name}.svg").write_text(svg, encoding="utf-8")
            drawn.savefig(run.directory / f"{name}.png", dpi=144)
    return inline(svg, f"{name}-{language}")


def to_svg(drawn: Figure) -> str:
    """SVG without date, so that the same run gives the same file."""
    stream = io.StringIO()
    drawn.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def inline(svg: str, prefix: str) -> str:
    """Make an SVG fit in a page: no header, no metadata, identifiers of its own."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.S)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', body)
    body = re.sub(r'(xlink:href="#|url\(#)', rf"\1{prefix}-", body)
    return re.sub(
        r'(<svg[^>]*?) width="[^"]+"', r"\1", re.sub(r'(<svg[^>]*?) height="[^"]+"', r"\1", body, count=1), count=1
    )


def numbers(language: Language) -> FuncFormatter:
    """Numbers of an axis in the language's way."""
    return FuncFormatter(lambda value, _: f"{value:g}".replace(".", "," if language == "fr" else "."))


def write_plot(drawn: Figure, directory: Path, name: str) -> None:
    """A plot that belongs to no single run (capacity, scalability)."""
    (directory / f"{name}.svg").write_text(to_svg(drawn), encoding="utf-8")
    drawn.savefig(directory / f"{name}.png", dpi=144)
