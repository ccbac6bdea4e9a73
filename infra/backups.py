"""What is saved of a stack, and what a restoration would start from: asked of the hosts' own `gru-backup`."""

from __future__ import annotations

import base64
import datetime
import io
import json
import tarfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from infra.model import Site
from infra.model.backup import HostBackup
from infra.model.site import Function
from infra.remote import host_of, run_remote
from infra.state import OperatorError, Stack

PARIS = ZoneInfo("Europe/Paris")
COMMAND = "/usr/local/sbin/gru-backup"
SETS = {
    "database": (Function.DATABASE, "base de données"),
    "site": (Function.DATABASE, "dossier du site et secrets"),
    "idp": (Function.IDP, "annuaire des personnes"),
    "consultation": (Function.CONSULTATION, "documents de la consultation"),
}
"""What is saved: the function that keeps it, and what people call it."""

RESTORED = ("database", "idp", "consultation")
"""What `gru restore` brings back; the site's folder is the operator's, who takes it out by hand."""

KINDS = {"full": "complète", "diff": "différentielle", "incr": "incrémentale", "copy": "copie"}

ANSWER_SECONDS = 600
"""Reading what a repository holds, journals sent first."""
WORK_SECONDS = 12 * 3600
"""A first full backup of a large town, through a thin line."""

FRESH_HOURS = 26
"""Hours after which the day's backup is late (the alert's own limit, `roles/monitoring/files/alertes.yml`)."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A backup that can be restored. `time` is in seconds, `size` in bytes."""

    set: str
    kind: str
    time: float
    size: int

    @property
    def line(self) -> str:
        """For people."""
        mib = max(1, round(self.size / 2**20))
        return f"{said(self.time)}  {SETS[self.set][1]:<30} {KINDS[self.kind]:<15} {mib:>8} Mio"


@dataclass(slots=True)
class Examination:
    """What a restoration would do: `start` is the moment of each set's backup; any of `refusals` forbids it."""

    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    start: dict[str, float] = field(default_factory=dict)


def savers(inventory: dict[str, Any]) -> dict[str, list[str]]:
    """Sets by host. Raises OperatorError where the platform as it is installed saves nothing."""
    if not inventory["all"]["vars"].get("gru_backups", {}).get("kind"):
        raise OperatorError(
            "Cette plateforme n'a pas de sauvegarde : ajoutez un bloc « backup » à son site.yaml"
            " (runbooks/sauvegarde.md), puis lancez « gru up »."
        )
    found: dict[str, list[str]] = {}
    for name, (function, _) in SETS.items():
        if inventory["all"]["children"].get(function.value):
            found.setdefault(host_of(inventory, function), []).append(name)
    return found


def listed(inventory: dict[str, Any]) -> list[Saved]:
    """All that can be restored, the newest first. Raises OperatorError when a host does not answer."""
    answers = _ask_all(inventory, lambda _: ["list"])
    found = [Saved(**one) for answer in answers.values() for one in json.loads(answer)]
    return sorted(found, key=lambda one: one.time, reverse=True)


def problems(inventory: dict[str, Any]) -> list[str]:
    """What is wrong with backups: unreadable, incomplete, too old. Raises OperatorError when a host does not answer."""
    answers = _ask_all(inventory, lambda _: ["check"], seconds=WORK_SECONDS)
    found = [str(one) for answer in answers.values() for one in json.loads(answer)]
    last: dict[str, float] = {}
    for one in listed(inventory):
        last[one.set] = max(last.get(one.set, 0), one.time)
    for name in [name for names in savers(inventory).values() for name in names]:
        if name not in last:
            found.append(f"« {SETS[name][1]} » n'a aucune sauvegarde : lancez « gru backup now »")
        elif time.time() - last[name] > FRESH_HOURS * 3600 and name != "site":
            found.append(f"« {SETS[name][1]} » n'a pas été sauvegardé depuis le {said(last[name])}")
    return found


def save(inventory: dict[str, Any], stack: Stack, *, full: bool = False) -> None:
    """Save everything now. Raises OperatorError with what could not be."""
    keep_site(inventory, stack)
    kind = ["--kind", "full"] if full else []
    holders = savers(inventory)
    jobs = [(host, ["save", "files"]) for host in holders]
    jobs += [(host, ["save", "database", *kind]) for host, names in holders.items() if "database" in names]
    failures: list[str] = []

    def job(host: str, words: list[str]) -> None:
        try:
            run_remote(inventory, host, [COMMAND, *words], seconds=WORK_SECONDS)
        except OperatorError as error:
            failures.append(f"  - {error}")

    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        list(pool.map(lambda one: job(*one), jobs))
    if failures:
        raise OperatorError("Tout n'a pas pu être sauvegardé :\n" + "\n".join(sorted(failures)))


def examine(inventory: dict[str, Any], to: int, sets: Iterable[str]) -> Examination:
    """What would come back to `to` (seconds), and what forbids it. Raises OperatorError when a host does not answer."""
    wanted = ",".join(sets)
    answers = _ask_all(inventory, lambda _: ["examine", "--to", str(to), "--sets", wanted], seconds=ANSWER_SECONDS)
    found = Examination()
    for answer in map(json.loads, answers.values()):
        found.refusals += [one for one in answer["refusals"] if one not in found.refusals]
        found.notes += answer["notes"]
        found.start |= answer["from"]
    return found


def moment(text: str) -> int:
    """Seconds of a moment that an operator writes, in Paris where no zone is given. Raises OperatorError."""
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"):
        try:
            return int(datetime.datetime.strptime(text.strip(), form).replace(tzinfo=PARIS).timestamp())
        except ValueError:
            continue
    try:
        zoned = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        zoned = None
    if zoned is None or zoned.tzinfo is None:
        raise OperatorError(f"« {text} » n'est pas un moment : écrivez-le comme « 2026-11-30 14:05 » (heure de Paris).")
    return int(zoned.timestamp())


def said(seconds: float) -> str:
    """A moment as people read it, in Paris."""
    return datetime.datetime.fromtimestamp(seconds, PARIS).strftime("%d/%m/%Y %H:%M:%S")


def site_archive(stack: Stack) -> bytes:
    """The site's folder, its sealed secrets and Pulumi's files; neither the passphrase nor the SSH key."""
    content = io.BytesIO()
    kept: list[tuple[Path, str]] = [
        (stack.site_directory, "site"),
        (stack.secrets_file, "etat/secrets.yml"),
        (stack.inventory_file, "etat/inventory.json"),
        (stack.directory / "pulumi", "etat/pulumi"),
    ]
    with tarfile.open(fileobj=content, mode="w:gz", compresslevel=6) as archive:
        for path, name in kept:
            # A folder of the site may be a link to another site's: alone, the link would lead nowhere.
            archive.dereference = name == "site"
            if path.exists():
                archive.add(path, name)
    return content.getvalue()


def keep_site(inventory: dict[str, Any], stack: Stack) -> None:
    """Leave the site's folder and secrets where the next backup takes them. Raises OperatorError."""
    text = base64.b64encode(site_archive(stack)).decode()
    host = host_of(inventory, Function.DATABASE)
    run_remote(inventory, host, [f"base64 -d | {COMMAND} keep-site"], stdin=text)


def backup_doubts(stack: Stack, site: Site) -> Iterable[str]:
    """Preflight: a platform that could not be brought back."""
    if site.backup is None:
        if site.target.capabilities.hosted and not site.features.trial:
            yield f"{stack.site_file} : sans bloc « backup », rien n'est sauvegardé (runbooks/sauvegarde.md)"
        return
    if isinstance(site.backup, HostBackup) and site.target.capabilities.hosted:
        here = site.hosts_of(Function.BACKUP_REPOSITORY)[0]
        also = [str(f) for f in site.hosts[here].functions if f in {function for function, _ in SETS.values()}]
        if also:
            yield (
                f"{stack.site_file} : hosts.{here} : les sauvegardes y sont à côté de ce qu'elles sauvent"
                f" ({', '.join(also)}) : perdre cet hôte, c'est tout perdre ; donnez-leur un autre hôte"
            )


def as_json(saved: Iterable[Saved]) -> list[dict[str, Any]]:
    """For programs."""
    return [asdict(one) for one in saved]


def _ask_all(
    inventory: dict[str, Any], words: Callable[[str], list[str]], *, seconds: float = ANSWER_SECONDS
) -> dict[str, str]:
    hosts = list(savers(inventory))
    with ThreadPoolExecutor(max_workers=len(hosts)) as pool:
        answers = pool.map(lambda host: run_remote(inventory, host, [COMMAND, *words(host)], seconds=seconds), hosts)
        return dict(zip(hosts, answers, strict=True))
