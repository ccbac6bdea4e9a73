"""Processor time and memory of each component, from the processes of its units: less noisy than any latency."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any

from infra.remote import run_remote

# Runs on each host. Children that ended are in their parent's cumulated times, so nothing is lost on the way.
_READ = r"""
import glob, json, os, subprocess
ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
of = {}
for path in glob.glob("/proc/[0-9]*/cgroup"):
    try:
        text = open(path).read()
    except OSError:
        continue
    for line in text.splitlines():
        group = line.split(":", 2)[2]
        unit = next((part for part in group.split("/") if part.endswith(".service")), None)
        if unit and (":name=systemd:" in line or line.startswith("0::")):
            of.setdefault(unit, set()).add(path.split("/")[2])
out = []
for path in sorted(glob.glob("/etc/gru/components.d/*.json")):
    c = json.load(open(path))
    cpu = memory = count = 0
    for unit in c.get("units", []):
        for pid in of.get(unit, ()):
            try:
                fields = open("/proc/%s/stat" % pid).read().rsplit(")", 1)[1].split()
                shared = open("/proc/%s/statm" % pid).read().split()
            except OSError:
                continue
            cpu += sum(int(fields[i]) for i in (11, 12, 13, 14)) / ticks
            memory += (int(shared[1]) - int(shared[2])) * page
            count += 1
    out.append({"name": c["name"], "function": c.get("function", ""), "cpu": cpu, "memory": memory, "processes": count})
busy = [int(x) for x in open("/proc/stat").readline().split()[1:9]]
disk = os.statvfs("/")
print(json.dumps({"components": out, "disk_free": disk.f_bavail * disk.f_frsize,
                  "disk_used": (disk.f_blocks - disk.f_bfree) * disk.f_frsize,
                  "busy": (sum(busy) - busy[3] - busy[4]) / ticks, "total": sum(busy) / ticks}))
"""


@dataclass(frozen=True)
class Usage:
    """One component at one moment. `cpu` is cumulated seconds, `memory` bytes of its own."""

    host: str
    name: str
    function: str
    cpu: float
    memory: int
    processes: int


@dataclass(frozen=True)
class Snapshot:
    """All components, and how busy the machines were (cumulated seconds of all processors)."""

    components: tuple[Usage, ...]
    busy: float
    total: float
    disk_used: int = 0
    disk_free: int = 0
    """Bytes, of the host with the least room."""

    def memory(self) -> dict[str, int]:
        """Bytes of each component, host by host where several carry it: ten small ones are not a large one."""
        hosts = Counter(item.name for item in self.components)
        return {
            item.name if hosts[item.name] == 1 else f"{item.name} ({item.host})": item.memory
            for item in self.components
        }


@dataclass(frozen=True)
class Spent:
    """What a component used between two snapshots."""

    name: str
    function: str
    cpu: float
    memory: int

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Spent:
        """The inverse of `asdict`; figures that a former release also kept are left aside."""
        return cls(**{each.name: content[each.name] for each in fields(cls)})


def snapshot(inventory: dict[str, Any], *, gently: bool = False) -> Snapshot:
    """Read every host, all at once; `gently`, for looks during a run, one after the other."""
    hosts = sorted(inventory["all"]["hosts"])
    with ThreadPoolExecutor(max_workers=1 if gently else len(hosts)) as pool:
        answers = list(pool.map(lambda host: json.loads(run_remote(inventory, host, ["python3", "-"], _READ)), hosts))
    components = [
        Usage(host, **item) for host, answer in zip(hosts, answers, strict=True) for item in answer["components"]
    ]
    # Containers all show the one machine they are on: the largest is the machine, not the sum.
    tightest = min(answers, key=lambda answer: answer["disk_free"])
    return Snapshot(
        tuple(components),
        max(answer["busy"] for answer in answers),
        max(answer["total"] for answer in answers),
        tightest["disk_used"],
        tightest["disk_free"],
    )


def between(before: Snapshot, after: Snapshot) -> list[Spent]:
    """What each component used, the largest first."""
    known = {(usage.host, usage.name): usage for usage in before.components}
    spent = []
    for usage in after.components:
        first = known.get((usage.host, usage.name))
        cpu = _spent(first.cpu if first else 0.0, usage.cpu)
        spent.append(Spent(usage.name, usage.function, round(cpu, 3), usage.memory))
    return sorted(spent, key=lambda item: -item.cpu)


def _spent(before: float, after: float) -> float:
    """Cumulated time falls by half when the component restarted, by a little when a child ends between two reads."""
    if after >= before:
        return after - before
    return after if after < before / 2 else 0.0
