"""How often a task that failed is tried again."""

from __future__ import annotations

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

PREMIERE = 30  # seconds
PLAFOND = 3600  # seconds
ESSAIS = 55  # 30 s, 1 min, 2 min … then every hour: two days in all


class RepriseCroissante(BaseRetryStrategy):
    """Soon at first, then every hour for two days: a mail server may be down for a week-end's day."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        del exception
        if job.attempts >= ESSAIS:
            return None
        return RetryDecision(retry_in={"seconds": delai(job.attempts)})


def delai(essais: int) -> int:
    """Seconds before the next try, after ``essais`` failures."""
    return int(min(PREMIERE * 2 ** min(essais, 20), PLAFOND))
