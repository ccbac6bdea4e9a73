"""Run the benchmarks one after the other; figures go to standard output (`make benchmarks`)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = (
    "tests.benchmarks.tirage",
    "tests.benchmarks.doublons",
    "tests.benchmarks.lecture",
    "tests.benchmarks.pseudonymes",
    "tests.benchmarks.loadtests_gate",
    "tests.benchmarks.unites",
    "tests.benchmarks.guichet_local",
    "tests.benchmarks.guichet",
)


def main() -> int:
    """Return 0 when every benchmark ended well."""
    codes = []
    for module in MODULES:
        print(f"\n=== {module}", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", module], cwd=ROOT, check=False).returncode)
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
