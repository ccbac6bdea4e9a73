"""The regression gate on real processes: 25 % more processor per request must be found, noise must not be accused.

    python -m tests.benchmarks.loadtests_gate --trials 10 --alarms 20

Each trial is five interleaved pairs of real runs (two seconds at 40 arrivals a second) against a server that burns
a known processor time per request; what it used is read from the kernel, as on a platform's hosts. About two minutes a
dozen comparisons on a quiet machine. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path

from loadtests.compare import PRIMARY, Conclusion, Figures, compare, interleave
from loadtests.engine import Share
from loadtests.plan import Plan
from loadtests.schedule import Segment, draw
from loadtests.targets import Target

RATE, SECONDS, PAIRS = 40.0, 2.0, 5
BURN_MS = 8.0

_SERVER = """
import http.server, sys, time
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        end = time.process_time() + float(sys.argv[1]) / 1000
        while time.process_time() < end:
            pass
        self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
print(server.server_port, flush=True)
server.serve_forever()
"""


def figures(burn_ms: float, seed: int) -> Figures:
    """Processor seconds per journey of one run against a server that burns `burn_ms` a request."""
    command = [sys.executable, "-c", _SERVER, str(burn_ms)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        schedule = draw([Segment(0, SECONDS, RATE, RATE)], {"page": 1}, seed)
        plan = Plan("gate", "", Target("bouchon", "local", {"portal": url}), seed, SECONDS, schedule.digest())
        plan.write(Path(folder), schedule)
        before = used(server.pid)
        with redirect_stdout(sys.stderr):
            recording = Share(Path(folder), 0, 1).play(0.2)
        spent = used(server.pid) - before
        server.terminate()
    return {PRIMARY: spent / max(len(recording.outcomes), 1)}


def used(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def trial(number: int, factor: float) -> Conclusion:
    """One comparison: five interleaved pairs, the candidate `factor` times as dear, all its work included."""
    dearer = BURN_MS + (factor - 1) * figures(BURN_MS, number)[PRIMARY] * 1000
    floor, pairs = interleave(
        PAIRS,
        lambda pair: figures(BURN_MS, number * 100 + pair),
        lambda pair: figures(dearer, number * 100 + pair),
    )
    return compare(floor, pairs).primary.conclusion


def main() -> None:
    """Run the trials and print one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--alarms", type=int, default=20)
    asked = parser.parse_args()
    begun = time.monotonic()
    caught = Counter(trial(number, 1.25) for number in range(asked.trials))
    alarms = Counter(trial(1000 + number, 1.0) for number in range(asked.alarms))
    print(
        json.dumps(
            {
                "injected_25_percent": {"trials": asked.trials, **caught},
                "same_platform": {"trials": asked.alarms, **alarms},
                "seconds": round(time.monotonic() - begun),
                "load": os.getloadavg(),
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
