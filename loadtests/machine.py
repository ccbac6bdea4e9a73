"""The machine that runs the generator (and, on a local stack, the platform too): what one must know to read figures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def conditions() -> dict[str, Any]:
    """Processors, their model, memory (bytes) and load of this machine now."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next((int(line.split()[1]) * 1024 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {"processors": os.cpu_count(), "model": model, "memory": memory, "load": list(os.getloadavg())}


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
