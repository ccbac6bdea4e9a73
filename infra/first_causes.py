"""Why many checks fail at once: what one look at each host tells, before the checks that only suffer from it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from infra.remote import run_remote
from infra.state import OperatorError

CLOCK_SECONDS = 120
"""A clock that is further off makes certificates and sign-ins fail."""

# Runs on the host under Debian's python3 and changes nothing; prints a kind and a detail a line.
_LOOK = r"""
import glob, json, os, subprocess, time

def out(*words):
    return subprocess.run(words, capture_output=True, text=True)

print("clock", int(time.time()))
for path in ("/etc/ssl/gru/host.crt", "/etc/ssl/gru/public.pem"):
    if os.path.exists(path) and out("openssl", "x509", "-in", path, "-noout", "-checkend", "0").returncode:
        end = out("openssl", "x509", "-in", path, "-noout", "-enddate", "-dateopt", "iso_8601").stdout.strip()
        print("expired", os.path.basename(path) + "=" + end.partition("=")[2][:10])
for path in ("/", "/var/lib", "/var/lib/postgresql"):
    if os.path.isdir(path):
        disk = os.statvfs(path)
        if disk.f_bavail * 100 < disk.f_blocks:
            print("full", path)
for path in sorted(glob.glob("/etc/gru/components.d/*.json")):
    with open(path) as stream:
        component = json.load(stream)
    for unit in component.get("units", []):
        show = out("systemctl", "show", "-p", "LoadState,ActiveState", unit).stdout
        state = dict(line.split("=", 1) for line in show.splitlines() if "=" in line)
        if state.get("LoadState") in ("masked", "not-found"):
            print(state["LoadState"], unit)
        elif state.get("ActiveState") not in ("active", "activating", "reloading"):
            print("stopped", unit)
"""

_SAID = {
    "masked": "hôte {host} : le service {detail} est masqué, il ne peut pas démarrer. « gru up » le rétablit",
    "not-found": "hôte {host} : le service {detail} n'est plus installé. « gru up » le remet",
    "stopped": "hôte {host} : le service {detail} ne tourne pas. « gru up » le relance ; « gru ssh {host} journalctl"
    " -u {detail} » dit pourquoi il s'est arrêté",
    "full": "hôte {host} : le disque est plein ({detail}). Libérez de la place ou agrandissez-le",
}
_CERTIFICATES = {
    "host.crt": "hôte {host} : son certificat a expiré le {end}. « gru up » le refait",
    "public.pem": "hôte {host} : le certificat public, que voient les navigateurs, a expiré le {end}. Que faire :"
    " runbooks/certificats.md",
}


def first_causes(inventory: dict[str, Any], now: float) -> list[str]:
    """French sentences, the most telling first; empty when no host shows a plain fault. `now` is in Unix seconds."""
    hosts = sorted(inventory["all"]["hosts"])
    with ThreadPoolExecutor(max_workers=len(hosts)) as pool:
        found = list(pool.map(lambda host: _look(inventory, host), hosts))
    told = [cause for host, seen in zip(hosts, found, strict=True) for cause in causes_of(host, seen, now)]
    return [sentence for _, sentence in sorted(told, key=lambda cause: cause[0])]


def causes_of(host: str, seen: str, now: float) -> Iterator[tuple[int, str]]:
    """What a look at one host tells, with its rank: what explains most comes first."""
    for line in seen.splitlines():
        kind, _, detail = line.partition(" ")
        if kind == "silent":
            yield 0, detail.rstrip(".")
        elif kind == "clock" and abs(int(detail) - now) > CLOCK_SECONDS:
            minutes = round(abs(int(detail) - now) / 60)
            late = "retarde" if int(detail) < now else "avance"
            yield 1, f"hôte {host} : son horloge {late} de {minutes} min. Remettez-la à l'heure (timedatectl)"
        elif kind == "expired":
            name, _, end = detail.partition("=")
            yield 2, _CERTIFICATES[name].format(host=host, end=".".join(reversed(end.split("-"))).replace(".", "/"))
        elif kind in _SAID:
            yield 3 if kind == "full" else 4, _SAID[kind].format(host=host, detail=detail)


def _look(inventory: dict[str, Any], host: str) -> str:
    try:
        return run_remote(inventory, host, ["python3", "-"], _LOOK)
    except OperatorError as error:
        return f"silent {' '.join(str(error).split())}"
