"""Is the candidate slower than the baseline? Interleaved pairs, noise measured first, « don't know » allowed.

Processor time per journey is the first figure: neighbours on the machine change it far less than latencies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from loadtests.finished import Finished
from loadtests.recording import RESPONSE
from loadtests.stats import Interval, paired_ratio

THRESHOLD = 1.10
"""A ratio whose whole interval is above this is a regression."""
EXCLUDED = 1.15
"""« No regression » means that the interval leaves no room for more than this."""
NOISY = 0.15
"""A/A intervals wider than this (half width) mean that this machine cannot tell today."""
PAIRS_NEEDED = 5
PRIMARY = "processeur par parcours"


class Conclusion(StrEnum):
    """What may be said."""

    SAME = "pas de régression"
    SLOWER = "régression"
    FASTER = "amélioration"
    UNSURE = "incertain"


@dataclass(frozen=True)
class Compared:
    """One figure, candidate over baseline."""

    name: str
    ratio: Interval
    floor: Interval
    """Baseline over itself: what this machine's noise alone does."""
    conclusion: Conclusion

    @property
    def sentence(self) -> str:
        """French, with the figures."""
        change = f"{(self.ratio.value - 1) * 100:+.1f} % (de {(self.ratio.low - 1) * 100:+.1f} à"
        noise = f"bruit de la machine : ± {self.floor.half_width * 100:.1f} %"
        text = f"{self.name} : {self.conclusion.value}, {change} {(self.ratio.high - 1) * 100:+.1f} % ; {noise})"
        return text.replace(".", ",")


@dataclass
class Comparison:
    """All figures; the primary one decides, the others explain."""

    figures: list[Compared] = field(default_factory=list)

    @property
    def primary(self) -> Compared:
        """The figure that the conclusion rests on."""
        return next(figure for figure in self.figures if figure.name == PRIMARY)

    @property
    def exit_code(self) -> int:
        """0 no regression, 1 regression, 2 the machine is too noisy to tell."""
        return {Conclusion.SLOWER: 1, Conclusion.UNSURE: 2}.get(self.primary.conclusion, 0)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "exit_code": self.exit_code,
            "conclusion": self.primary.conclusion.value,
            "figures": [
                {
                    "name": f.name,
                    "ratio": [f.ratio.value, f.ratio.low, f.ratio.high],
                    "floor": [f.floor.value, f.floor.low, f.floor.high],
                    "conclusion": f.conclusion.value,
                }
                for f in self.figures
            ],
        }


Figures = dict[str, float]


def figures_of(run: Finished) -> Figures:
    """What is compared of one run."""
    journeys = max(sum(not outcome.problem for outcome in run.recording.outcomes), 1)
    spent: dict[str, float] = {}
    for item in run.components:
        if item.function not in ("base", "monitoring"):
            spent[item.name] = spent.get(item.name, 0) + item.cpu
    figures = {PRIMARY: sum(spent.values()) / journeys}
    figures |= {f"processeur de {name}": cpu / journeys for name, cpu in spent.items() if cpu / journeys > 0.001}
    for group in run.recording.groups(RESPONSE, "categorie:"):
        value = run.recording.percentile(RESPONSE, group, 95)
        if value and run.recording.count(RESPONSE, group) >= 20:
            figures[f"95e centile, {group.removeprefix('categorie:')}"] = value
    return figures


def compare(floor: Sequence[tuple[Figures, Figures]], pairs: Sequence[tuple[Figures, Figures]]) -> Comparison:
    """Compare by pairs. `floor` holds pairs of the baseline against itself, `pairs` (baseline, candidate).

    Raises:
        ValueError: too few pairs for an interval to mean anything.
    """
    if len(floor) < PAIRS_NEEDED or len(pairs) < PAIRS_NEEDED:
        raise ValueError(f"il faut au moins {PAIRS_NEEDED} paires de chaque sorte")
    names = [name for name in pairs[0][0] if all(name in side for pair in (*floor, *pairs) for side in pair)]
    return Comparison([_figure(name, floor, pairs) for name in names])


def _figure(name: str, floor: Sequence[tuple[Figures, Figures]], pairs: Sequence[tuple[Figures, Figures]]) -> Compared:
    noise = paired_ratio([a[name] for a, _ in floor], [b[name] for _, b in floor])
    ratio = paired_ratio([a[name] for a, _ in pairs], [b[name] for _, b in pairs])
    return Compared(name, ratio, noise, _conclude(ratio, noise))


def _conclude(ratio: Interval, noise: Interval) -> Conclusion:
    if noise.half_width > NOISY:
        return Conclusion.UNSURE
    # The baseline against itself should read 1: its distance from 1 is a bias of the order, so it is allowed for.
    margin = max(abs(noise.low - 1), abs(noise.high - 1))
    if ratio.low > max(THRESHOLD, 1 + margin):
        return Conclusion.SLOWER
    if ratio.high < min(1 / THRESHOLD, 1 - margin):
        return Conclusion.FASTER
    # « No regression » is said only where a real one would have shown.
    return Conclusion.SAME if ratio.high <= EXCLUDED else Conclusion.UNSURE


def interleave(
    count: int, baseline: Callable[[int], Figures], candidate: Callable[[int], Figures]
) -> tuple[list[tuple[Figures, Figures]], list[tuple[Figures, Figures]]]:
    """Run A, A, B for each pair, so that what changes on the machine changes for all three.

    The order of the last two alternates: whoever runs second would otherwise always meet warmer caches.
    """
    floor, pairs = [], []
    for number in range(count):
        first = baseline(number)
        if number % 2:
            other, again = candidate(number), baseline(number)
        else:
            again, other = baseline(number), candidate(number)
        floor.append((first, again))
        pairs.append((first, other))
    return floor, pairs
