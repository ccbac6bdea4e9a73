"""How often it goes wrong: requests in error, journeys that do not end well."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from pydantic import Field

from loadtests.promises.promise import Evidence, Promise, within
from loadtests.recording import COMPOSITE, INTERRUPTED, NOT_OFFERED, UNFINISHED
from loadtests.stats import wilson
from loadtests.verdict_line import Check


class _Share(Promise):
    """Most that may fail, as a share."""

    part: float = Field(ge=0, le=1)

    def compared(self, failed: int, total: int, what: str, example: str) -> Check:
        """So many failures out of so many; where the limit is 0, a single one is missed (its interval is above 0)."""
        if total == 0:
            return self.not_measured(self.part)
        told = f"{failed} sur {total} {what}{f', par exemple : {example}' if example else ''}"
        return self.told(within(wilson(failed, total), self.part), told, failed / total, self.part)


class Errors(_Share):
    """Requests in error, whatever journey they belong to."""

    type: Literal["erreurs"] = "erreurs"

    def judge(self, seen: Evidence) -> Check:
        """Requests with a problem; composites (a whole sign-in) are no request more."""
        requests = [s for s in seen.recording.samples if s.status != COMPOSITE]
        failed = [s for s in requests if s.problem]
        example = f"{failed[0].step} : {failed[0].problem}" if failed else ""
        return self.compared(len(failed), len(requests), "requêtes", example)


class FailedJourneys(_Share):
    """Journeys that did not end well."""

    type: Literal["echecs"] = "echecs"

    def judge(self, seen: Evidence) -> Check:
        """Neither pages that the site does not offer, nor persons whom the end of the run found reading, count."""
        every = seen.recording.outcomes
        outcomes = [o for o in every if not o.problem.startswith((NOT_OFFERED, INTERRUPTED))]
        problems = [o.problem for o in outcomes if o.problem]
        # What never ended, and has no outcome, is not a success that was forgotten.
        told = sum(o.problem.startswith((UNFINISHED, INTERRUPTED)) for o in every)
        unfinished = max(seen.recording.counts["unfinished"] - told, 0)
        example = Counter(problems).most_common(1)[0][0] if problems else ""
        return self.compared(len(problems) + unfinished, len(outcomes) + unfinished, "parcours", example)
