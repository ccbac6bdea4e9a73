"""What runs, since when, in which version: read on the hosts, trusting neither Pulumi nor Ansible."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from infra.remote import run_remote
from infra.state import OperatorError

# Runs on the host under Debian's python3; prints one JSON object: what runs, and what ends when.
_PROBE = r"""
import glob, json, os, subprocess, datetime
out, ends = [], []
for path in ("/etc/ssl/gru/host.crt", "/etc/ssl/gru/public.pem"):
    asked = ["openssl", "x509", "-in", path, "-noout", "-enddate", "-dateopt", "iso_8601"]
    if os.path.exists(path):
        end = subprocess.run(asked, capture_output=True, text=True).stdout.partition("=")[2]
        if end:
            ends.append({"file": os.path.basename(path), "day": end[:10]})
for path in sorted(glob.glob("/etc/gru/components.d/*.json")):
    with open(path) as stream:
        c = json.load(stream)
    active, since = True, 0
    for unit in c.get("units", []):
        show = ["systemctl", "show", unit, "--timestamp=unix", "-p", "ActiveState,ActiveEnterTimestamp"]
        text = subprocess.run(show, capture_output=True, text=True).stdout
        p = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        active = active and p.get("ActiveState") == "active"
        since = max(since, int(p.get("ActiveEnterTimestamp", "").lstrip("@") or 0))
    version = c.get("version")
    if not version and c.get("package"):
        version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", c["package"]],
                                 capture_output=True, text=True).stdout
    stamp = datetime.datetime.fromtimestamp(since, datetime.timezone.utc).isoformat() if since else None
    out.append({"name": c["name"], "function": c.get("function"), "healthy": active, "version": version or None,
                "address": c.get("address"), "since": stamp})
print(json.dumps({"components": out, "ends": ends}))
"""


def collect(inventory: dict[str, Any]) -> dict[str, Any]:
    """Return `{stack, healthy, components: [{name, healthy, version, address, since}], ends: [{host, file, day}]}`.

    A host that does not answer is itself an unhealthy component. `since` is ISO 8601, UTC; `day` too.
    """
    hosts = sorted(inventory["all"]["hosts"])
    with ThreadPoolExecutor(max_workers=len(hosts)) as pool:
        found = list(pool.map(lambda host: _seen(inventory, host), hosts))
    components = [component for components, _ in found for component in components]
    return {
        "stack": inventory["all"]["vars"]["gru_stack"],
        "healthy": bool(components) and all(component["healthy"] for component in components),
        "components": components,
        "ends": [{"host": host, **end} for host, (_, ends) in zip(hosts, found, strict=True) for end in ends],
    }


def _seen(inventory: dict[str, Any], host: str) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """What a host runs, and what ends on it."""
    record = inventory["all"]["hosts"][host]
    address = record["gru_fqdn"]
    try:
        seen: dict[str, Any] = json.loads(run_remote(inventory, host, ["python3", "-"], _PROBE))
    except (OperatorError, json.JSONDecodeError) as error:
        return [_absent(host, address, str(error))], []
    found = seen["components"]
    installed = {component["function"] for component in found}
    missing = [function for function in record["gru_functions"] if function not in installed]
    absent = [_absent(function, address, f"pas encore installé sur {host} ; lancez « gru up »") for function in missing]
    return [{**component, "host": host} for component in found] + absent, seen["ends"]


def _absent(name: str, address: str, why: str) -> dict[str, Any]:
    return {"name": name, "healthy": False, "version": None, "address": address, "since": None, "why": why}
