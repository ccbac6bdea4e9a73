"""The page: verdict first, then what people waited, then how. Nothing is loaded from anywhere."""

from __future__ import annotations

import html
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from loadtests.finished import Finished
from loadtests.labels import LABELS
from loadtests.recording import LAG, RESPONSE, SERVICE
from loadtests.report.layout import banner, figure_of, table, write_page
from loadtests.report.plots import draw
from loadtests.report.words import CHECKS_EN, LANGUAGES, STATES, Language, figure, prose, word
from loadtests.verdict_line import State


def write_report(run: Finished) -> Path:
    """Write `rapport.html` and the plots into the run's folder; the page's path."""
    return write_page(run.directory, f"{word('title', 'fr')} – {run.plan.title}", lambda language: _body(run, language))


def _body(run: Finished, language: Language) -> Iterator[str]:
    yield f"<h1>{word('title', language)} – {html.escape(run.plan.title)}</h1>"
    yield _verdict(run, language)
    yield from _plot("over_time", run, language)
    yield from _plot("waits", run, language)
    yield _percentiles(run, language)
    yield f"<h2>{word('promises', language)}</h2>{_checks(run, language)}"
    yield f"<h2>{word('journeys', language)}</h2>{_journeys(run, language)}"
    yield from _plot("components", run, language)
    yield from _plot("memory", run, language)
    yield from _plot("honest", run, language)
    yield f"<h2>{word('steps', language)}</h2>{_steps(run, language)}"
    yield f"<h2>{word('conditions', language)}</h2>{_conditions(run, language)}"


def _verdict(run: Finished, language: Language) -> str:
    sentence = run.verdict.sentence if language == "fr" else _english(run)
    return banner(run.verdict.exit_code, sentence, language)


def _english(run: Finished) -> str:
    worst = [c for c in run.verdict.checks if c.state in (State.INVALID, State.MISSED)]
    return (
        "; ".join(f"{STATES[c.state]}: {c.english or CHECKS_EN.get(c.name, c.name)}" for c in worst)
        or "Nothing missed."
    )


def _plot(name: str, run: Finished, language: Language) -> Iterator[str]:
    drawn = draw(name, run, language)
    if drawn is None:
        return
    yield figure_of(drawn, word(name, language))


def _percentiles(run: Finished, language: Language) -> str:
    recording = run.recording
    rows = [
        [
            html.escape(group.removeprefix("categorie:")),
            figure(recording.count(RESPONSE, group), language),
            *(_seconds(recording.percentile(RESPONSE, group, percent), language) for percent in (50, 95, 99, 100)),
            _seconds(recording.percentile(SERVICE, group, 50), language),
            _seconds(recording.percentile(LAG, group, 99), language),
        ]
        for group in recording.groups(RESPONSE, "categorie:")
    ]
    heads = [word("category", language), word("count", language), "50 %", "95 %", "99 %", "max"]
    return table([*heads, word("mean_service", language), f"{word('lag_curve', language)} 99 %"], rows, 1)


def _seconds(value: float | None, language: Language) -> str:
    return "–" if value is None else f"{figure(value * 1000, language, 0)} ms"


def _checks(run: Finished, language: Language) -> str:
    rows = []
    for check in run.verdict.checks:
        state = check.state.value if language == "fr" else STATES[check.state.value]
        text = check.sentence if language == "fr" else check.english or CHECKS_EN.get(check.name, check.name)
        rows.append(
            [
                f'<span class="s-{STATES[check.state.value].replace(" ", "-")}">{state}</span>',
                prose(text),
                figure(check.value, language),
                figure(check.limit, language),
            ]
        )
    return table([word(key, language) for key in ("state", "what", "measured", "limit")], rows, 2)


def _journeys(run: Finished, language: Language) -> str:
    done: Counter[str] = Counter(outcome.journey for outcome in run.recording.outcomes)
    rows = []
    for name in sorted(done):
        problems = [o.problem for o in run.recording.outcomes if o.journey == name and o.failed]
        lengths = sorted(o.seconds for o in run.recording.outcomes if o.journey == name)
        rows.append(
            [
                html.escape(LABELS.get(name, (name, name))[LANGUAGES.index(language)]),
                html.escape(max(set(problems), key=problems.count)) if problems else "",
                figure(done[name], language),
                figure(len(problems), language),
                f"{figure(lengths[len(lengths) // 2], language)} s",
            ]
        )
    heads = [word(key, language) for key in ("journey", "example", "done", "failed", "median")]
    return table(heads, rows, 2)


def _steps(run: Finished, language: Language) -> str:
    recording = run.recording
    rows = [
        [
            html.escape(group.removeprefix("etape:")),
            figure(recording.count(RESPONSE, group), language),
            *(_seconds(recording.percentile(RESPONSE, group, percent), language) for percent in (50, 95, 99)),
        ]
        for group in recording.groups(RESPONSE, "etape:")
    ]
    return table([word("step", language), word("count", language), "50 %", "95 %", "99 %"], rows, 1)


def _conditions(run: Finished, language: Language) -> str:
    plan, seen = run.plan, run.conditions
    load = ", ".join(figure(value, language, 1) for value in seen.get("load", []))
    machine = f"{seen.get('processors', '?')} × {seen.get('model', '?')} ; load {load}"
    if run.machine is not None:
        machine += f" ; {figure(run.machine * 100, language, 0)} %"
    rows = {
        "profile": f"{plan.profile}, {figure(plan.duration, language, 0)} s",
        "target": ", ".join(sorted(plan.target.urls.values())),
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(run.started)),
        "seed": f"{plan.seed} · {plan.digest[:16]}",
        "machine": machine,
        "notes": " ; ".join(run.notes) or "–",
        "front": _front(run),
        "losses": _losses(run),
    }
    items = "".join(f"<dt>{word(key, language)}</dt><dd>{prose(text)}</dd>" for key, text in rows.items())
    return f"<dl>{items}</dl>"


def _front(run: Finished) -> str:
    if run.front is None:
        return "–"
    statuses = ", ".join(f"{code}: {count}" for code, count in sorted(run.front.statuses.items()))
    return f"{run.front.ours} ({statuses}) ; {run.front.others} autres / others"


def _losses(run: Finished) -> str:
    if run.losses is None:
        return "–"
    return f"{run.losses.acknowledged} acquittées / acknowledged, {run.losses.count} perdues / lost"
