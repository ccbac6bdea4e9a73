"""Throughput of closed populations, measured for the scalability law."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from infra.state import OperatorError
from loadtests import campaign, usl
from loadtests.plan import Plan
from loadtests.report.plots import BLUE, GREY, ORANGE, STYLE, write_plot
from loadtests.schedule import Schedule
from loadtests.slo import Slo
from loadtests.targets import Target, check_allowed

Points = tuple[list[float], list[float]]
POINTS_FILE, PLOT = "points.csv", "echelle"
MOST_USERS = 200


def measure(
    target: Target,
    populations: Sequence[int],
    repeats: int,
    seconds: float,
    *,
    directory: Path,
    allowed: bool,
    slo: Slo,
    tell: Callable[[str], None],
) -> Points:
    """Run each population several times, in turns, so that a slow minute does not fall on one of them only."""
    if max(populations) > MOST_USERS or min(populations) < 1:
        raise OperatorError(f"Les populations vont de 1 à {MOST_USERS}.")
    check_allowed(target, allowed=allowed, highest_rate=0, seconds=seconds * repeats * len(populations))
    users: list[float] = []
    rates: list[float] = []
    for repeat in range(repeats):
        for population in populations:
            schedule = Schedule(repeat, seconds, ())
            plan = Plan(
                "fit",
                f"{population} personnes",
                target,
                repeat,
                seconds,
                schedule.digest(),
                closed_users=population,
                drain_seconds=10,
                allowed=allowed,
            )
            folder = directory / f"{population:03d}-{repeat}"
            finished = campaign.play_plan(plan, schedule, folder, None, slo=slo, tell=lambda _: None)
            pages = finished.recording.count("reponse", "categorie:page")
            users.append(float(population))
            rates.append(pages / seconds)
            tell(f"  {population:>3} personnes, essai {repeat + 1} : {rates[-1]:.1f} pages par seconde")
    write_points((users, rates), directory / POINTS_FILE)
    return users, rates


def write_points(points: Points, path: Path) -> None:
    """Keep the points: population and pages per second."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["personnes", "pages_par_seconde"])
        writer.writerows(zip(*points, strict=True))


def read_points(path: Path) -> Points:
    """Points kept before. Raises OperatorError, in French."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [(float(row[0]), float(row[1])) for row in list(csv.reader(stream))[1:] if row]
    except (OSError, ValueError, IndexError) as error:
        raise OperatorError(f"{path} : il faut deux colonnes de nombres, avec un titre ({error}).") from None
    return [row[0] for row in rows], [row[1] for row in rows]


def plot(points: Points, found: usl.Fit, directory: Path) -> None:
    """The points, the curve, and where its highest point is if the measures say so."""
    with mpl.rc_context(STYLE):
        drawn = Figure(figsize=(9, 4.2), layout="constrained")
        axis = drawn.subplots()
        axis.scatter(*points, color=BLUE, s=24, alpha=0.7, zorder=2)
        line = np.linspace(1, max(points[0]) * 1.2, 200)
        law = usl.throughput(line, found.gain.value, found.contention.value, found.coherency.value)
        axis.plot(line, law, color=ORANGE, linewidth=2)
        if found.population_is_supported:
            axis.axvspan(found.population.low, found.population.high, color=GREY, alpha=0.2)
        axis.set_title("Pages par seconde selon le nombre de personnes à la fois")
        axis.set_xlabel("Personnes qui demandent une page dès qu'elles ont la précédente")
        axis.set_ylim(bottom=0)
        axis.set_xlim(left=0)
        write_plot(drawn, directory, PLOT)
