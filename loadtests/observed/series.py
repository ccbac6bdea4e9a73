"""Curves of the run's minutes, from the platform's own Prometheus."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from infra.remote import host_of, run_remote

STEP_SECONDS = 15
QUERIES: dict[str, str] = {
    "processeur": "1 - avg(rate(node_cpu_seconds_total{mode='idle'}[1m]))",
    "connexions_base": "sum(pg_stat_activity_count{datname='guichet'})",
    "taches_en_attente": "sum(guichet_taches_en_attente)",
    "file_du_frontal": "sum(haproxy_backend_current_queue)",
    "sessions_du_frontal": "sum(haproxy_frontend_current_sessions{proxy='https'})",
    "erreurs_5xx": "sum(rate(haproxy_frontend_http_responses_total{proxy='https',code='5xx'}[1m]))",
}

_ASK = r"""
import json, sys, urllib.parse, urllib.request
asked = json.loads(sys.argv[1])
out = {}
for name, query in asked["queries"].items():
    url = "http://127.0.0.1:9090/api/v1/query_range?" + urllib.parse.urlencode(
        {"query": query, "start": asked["start"], "end": asked["end"], "step": asked["step"]})
    try:
        found = json.load(urllib.request.urlopen(url, timeout=20))["data"]["result"]
    except OSError:
        found = []
    out[name] = [[at, float(value)] for at, value in found[0]["values"]] if found else []
print(json.dumps(out))
"""


@dataclass(frozen=True)
class Curve:
    """Moments (seconds after the run's start) and values."""

    name: str
    points: tuple[tuple[float, float], ...]

    @property
    def highest(self) -> float | None:
        """The highest value; None where there is none."""
        return max((value for _, value in self.points), default=None)


def read(inventory: dict[str, Any], start: float, end: float) -> list[Curve]:
    """Curves between two moments (seconds since the epoch). Empty ones where the platform has no such figure."""
    asked = json.dumps({"queries": QUERIES, "start": start, "end": end, "step": STEP_SECONDS})
    # Quoted for the remote shell: the queries hold braces and quotes.
    quoted = "'" + asked.replace("'", "'\\''") + "'"
    answer = run_remote(inventory, host_of(inventory, "monitoring"), ["python3", "-", quoted], _ASK)
    return [
        Curve(name, tuple((at - start, value) for at, value in points if not math.isnan(value)))
        for name, points in json.loads(answer).items()
    ]
