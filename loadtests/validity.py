"""Is a run worth believing? Beyond these limits, figures say more of the generator than of the platform."""

from __future__ import annotations

from collections.abc import Iterator

from loadtests.model_page import number
from loadtests.observed.front import FrontCount
from loadtests.recording import ALL, LAG, Recording
from loadtests.strict import Strict
from loadtests.verdict_line import Check, State


class Validity(Strict):
    """The limits, as `slo.yaml` says them."""

    attente_p99_ms: float
    """How late the generator may be at the 99th percentile, in milliseconds."""
    processeur_generateur: float
    """Share of one core that a process of the generator may use."""
    ecart_frontal: float
    """Share by which the requests sent may differ from those that the front counted."""

    def judge(self, recording: Recording, front: FrontCount | None) -> Iterator[Check]:
        """Each condition; `front` is None where the platform's hosts cannot be asked."""
        counts = recording.counts
        yield _none("arrivees", counts["dropped"], "arrivées non jouées, le générateur étant plein")
        yield _none("processus", counts["lost_processes"], "processus du générateur sans mesures rendues")
        yield _none("generateur", counts["generator_errors"], "parcours manqués par la faute du générateur")
        lag = recording.percentile(LAG, ALL, 99)
        if lag is None:
            yield Check("retard", State.INVALID, "Rien n'a été mesuré.")
            return
        yield _at_most(
            "retard",
            lag * 1000,
            self.attente_p99_ms,
            f"Au 99e centile, le générateur a {number(lag * 1000)} ms de retard ({number(self.attente_p99_ms)} permis)",
        )
        busy = counts["generator_cpu_ms"] / max(counts["generator_wall_ms"], 1)
        yield _at_most(
            "processeur-generateur",
            busy,
            self.processeur_generateur,
            f"Le générateur occupe {number(busy * 100)} % d'un cœur par processus",
        )
        if front is not None:
            yield _reconciled(counts["sent"], front, self.ecart_frontal)


def _none(name: str, count: int, what: str) -> Check:
    return Check(name, State.INVALID if count else State.KEPT, f"{count} {what}.", count, 0)


def _at_most(name: str, value: float, limit: float, sentence: str) -> Check:
    return Check(name, State.KEPT if value <= limit else State.INVALID, f"{sentence}.", value, limit)


def _reconciled(sent: int, front: FrontCount, limit: float) -> Check:
    if not front.found or front.lost:
        why = "son journal a perdu des lignes" if front.lost else "ses marques de début et de fin n'y sont pas"
        return Check("frontal", State.INVALID, f"Le frontal n'a pas pu être compté : {why}.")
    gap = front.gap(sent) / max(sent, 1)
    unwritten = f" et {front.unwritten} que son journal n'a pu écrire" if front.unwritten else ""
    told = f"{sent} requêtes envoyées, {front.ours} comptées par le frontal{unwritten} (écart {number(gap * 100, 2)} %)"
    if gap <= limit:
        return Check("frontal", State.KEPT, f"{told}.", gap, limit)
    shared = "" if front.tagged else " ; quelqu'un d'autre se sert peut-être de la plateforme depuis cette machine"
    return Check("frontal", State.INVALID, f"{told}{shared}.", gap, limit)
