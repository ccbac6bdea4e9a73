"""What was measured: lag, service and response time apart, in HdrHistograms that merge exactly.

- lag: how late this generator was to send (our own fault, never the platform's);
- service: from sending to the last byte;
- response: from the moment the person meant to send to the last byte. Promises are judged on this one.

Durations are seconds outside, microseconds inside the histograms (three significant digits, up to ten minutes).
"""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from hdrh.histogram import HdrHistogram

LAG, SERVICE, RESPONSE = "attente", "service", "reponse"
METRICS = (LAG, SERVICE, RESPONSE)
ALL = "tout"
NOT_OFFERED = "pas proposé"
"""The site has no such page."""
UNFINISHED = "pas fini à la fin de l'essai"
"""A person was still waiting for an answer when the run ended: the platform's doing."""
INTERRUPTED = "interrompu"
"""A person was still reading when the run ended: nobody's fault, neither a success nor a failure."""
COME_BACK = "réponse 503, avec le délai pour revenir"
"""A polite refusal: the site is full and says when to come back (Retry-After)."""
COMPOSITE = -1
"""Status of a sample that sums several requests (a whole sign-in): a figure of its own, not one more request."""
_HIGHEST = 600 * 10**6
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """One request. `due` is when it should have been sent, in seconds after the start of the run."""

    due: float
    journey: str
    step: str
    category: str
    lag: float
    service: float
    status: int
    size: int = 0
    """Bytes of the body as they crossed the network."""
    problem: str = ""
    hops: int = 0
    """Of a composite: the redirections it holds."""

    @property
    def response(self) -> float:
        """Seconds from the intended moment to the last byte: what a person waited."""
        return self.lag + self.service


@dataclass(frozen=True, slots=True)
class Outcome:
    """One journey: `problem` is empty when it ended as it should; `reference` is what the site acknowledged."""

    at: float
    journey: str
    seconds: float
    problem: str = ""
    reference: str = ""
    acknowledged_at: float = 0.0
    """Seconds since the epoch: the host clocks of the platform are compared with it."""

    @property
    def failed(self) -> bool:
        """Whether the person did not get what they came for, and could have."""
        return bool(self.problem) and not self.problem.startswith((NOT_OFFERED, INTERRUPTED))


@dataclass
class Recording:
    """Everything one process measured; recordings of several processes merge into one."""

    histograms: dict[str, HdrHistogram] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """offered, started, dropped, unfinished (journeys); sent (requests); generator_cpu_ms, generator_wall_ms."""

    def add(self, sample: Sample) -> None:
        """Keep one request."""
        self.samples.append(sample)
        groups = [f"categorie:{sample.category}", f"etape:{sample.step}", ALL]
        if sample.status == COMPOSITE:
            groups = groups[:1]
        else:
            self.counts["sent"] += 1
        for metric, seconds in ((LAG, sample.lag), (SERVICE, sample.service), (RESPONSE, sample.response)):
            for group in groups:
                self.record(metric, group, seconds)

    def record(self, metric: str, group: str, seconds: float) -> None:
        """Record one duration in the histogram of a metric and a group."""
        key = f"{metric}|{group}"
        histogram = self.histograms.get(key)
        if histogram is None:
            histogram = self.histograms[key] = HdrHistogram(1, _HIGHEST, _DIGITS)
        histogram.record_value(min(max(round(seconds * 1e6), 1), _HIGHEST))

    def percentile(self, metric: str, group: str, percent: float) -> float | None:
        """Seconds, or None where nothing was measured."""
        histogram = self.histograms.get(f"{metric}|{group}")
        if histogram is None or histogram.get_total_count() == 0:
            return None
        return float(histogram.get_value_at_percentile(percent)) / 1e6

    def count(self, metric: str, group: str) -> int:
        """How many durations a histogram holds."""
        histogram = self.histograms.get(f"{metric}|{group}")
        return int(histogram.get_total_count()) if histogram else 0

    def groups(self, metric: str, prefix: str) -> list[str]:
        """Groups that have durations of a metric, in order."""
        start = f"{metric}|{prefix}"
        return sorted(key.split("|", 1)[1] for key in self.histograms if key.startswith(start))

    def merge(self, other: Recording) -> None:
        """Add what another process measured: counts of the histograms are added, nothing is estimated."""
        for key, histogram in other.histograms.items():
            mine = self.histograms.get(key)
            if mine is None:
                mine = self.histograms[key] = HdrHistogram(1, _HIGHEST, _DIGITS)
            mine.add(histogram)
        self.samples = sorted([*self.samples, *other.samples], key=lambda sample: sample.due)
        self.outcomes = sorted([*self.outcomes, *other.outcomes], key=lambda outcome: outcome.at)
        self.counts.update(other.counts)

    def to_dict(self) -> dict[str, Any]:
        """A form that JSON and Locust's messages carry; histograms in HdrHistogram's own compressed encoding."""
        rows = [list(asdict_slots(sample).values()) for sample in self.samples]
        packed = zlib.compress(json.dumps(rows, ensure_ascii=False).encode())
        return {
            "histograms": {key: histogram.encode().decode() for key, histogram in self.histograms.items()},
            "samples": base64.b64encode(packed).decode(),
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
            "counts": dict(self.counts),
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Recording:
        """The inverse of `to_dict`."""
        rows = json.loads(zlib.decompress(base64.b64decode(content["samples"])))
        return cls(
            {key: HdrHistogram.decode(text) for key, text in content["histograms"].items()},
            [Sample(*row) for row in rows],
            [Outcome(**outcome) for outcome in content["outcomes"]],
            Counter(content["counts"]),
        )


def asdict_slots(sample: Sample) -> dict[str, Any]:
    """`asdict` for a flat record, without its deep copies (a run has a hundred thousand)."""
    return {name: getattr(sample, name) for name in Sample.__slots__}
