"""What is said of secrets, keys and certificates: who holds what, how old each is, what is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from infra.remote import hosts_of
from infra.rotation import memory
from infra.rotation.catalogue import ALL, EVERYWHERE, Kept
from infra.rotation.memory import KEPT
from infra.upgrade import BACKUP, FUNCTION_WORDS, functions_of

OPERATORS = "qui ouvre le coffre du site"
OUT_OF_THE_VAULT = {
    "host_keys": "root sur chaque hôte, pour la sienne",
    "public_certificate": "root sur le frontal ; avec « files », qui a le dossier du site",
    "ssh": "qui a le dossier d'état, ou le fichier de clé de vos serveurs",
    "passphrase": "qui vous l'avez confiée",
}
"""Who holds what the vault does not."""


def holders(kept: Kept) -> str:
    """Who can read it, in French: people, then hosts by what they do."""
    if kept.name in OUT_OF_THE_VAULT:
        return OUT_OF_THE_VAULT[kept.name]
    hosts = [FUNCTION_WORDS[one] for one in kept.holders if one != EVERYWHERE]
    return OPERATORS + (f" ; root sur les hôtes qui portent {', '.join(hosts)}" if hosts else "")


def way(kept: Kept) -> str:
    """How it changes, in one or two words."""
    if kept.change is None:
        return "à la main"
    return "avec une gêne, demandée" if kept.change.outage else "sans coupure"


def table() -> list[str]:
    """Who has access to what, as runbooks/rotation.md shows it (Markdown)."""
    lines = ["| nom | ce que c'est | ce qu'il ouvre | qui y a accès | `gru rotate` |", "|---|---|---|---|---|"]
    return lines + [f"| `{one.name}` | {one.what} | {one.opens} | {holders(one)} | {way(one)} |" for one in ALL]


def listed(content: dict[str, str], inventory: dict[str, Any], today: date) -> Iterator[dict[str, Any]]:
    """One record each: name, what, opens, access, hosts, age (days or null), due, way, state."""
    late, under_way = memory.due(content, functions_of(inventory), today), memory.running(content)
    for one in ALL:
        progress = under_way.get(one.name)
        yield {
            "name": one.name,
            "what": one.what,
            "opens": one.opens,
            "access": holders(one),
            "hosts": _hosts(inventory, one),
            "known": not one.given or one.name in content,
            "age_days": memory.age_days(content, one, today),
            "due": one.name in late,
            "way": way(one),
            "by_hand": one.by_hand,
            "former_good_until": progress.until if progress and progress.step == KEPT else None,
            "unfinished": bool(progress and progress.step != KEPT),
        }


def sentence(record: dict[str, Any]) -> str:
    """One record, for people."""
    age = "âge inconnu" if record["age_days"] is None else f"{record['age_days']} j"
    marks = [
        age if record["known"] else "pas donné",
        record["way"],
        *(["À CHANGER"] if record["due"] else []),
        *(["CHANGEMENT À FINIR"] if record["unfinished"] else []),
        *([f"l'ancien reste bon jusqu'au {_day(record['former_good_until'])}"] if record["former_good_until"] else []),
    ]
    where = f" (hôtes : {', '.join(record['hosts'])})" if record["hosts"] else ""
    return (
        f"{record['name']:<28} {record['what']} ; {', '.join(marks)}\n"
        f"{'':<28} ouvre : {record['opens']}\n"
        f"{'':<28} y a accès : {record['access']}{where}"
    )


def told_due(content: dict[str, str], inventory: dict[str, Any], today: date) -> list[str]:
    """What `gru status` says of it: nothing when nothing is to be done."""
    finish, late = memory.overdue(content, today), memory.due(content, functions_of(inventory), today)
    said = [f"Changement de secret à finir ({', '.join(finish)}) : « gru rotate »"] if finish else []
    if late:
        known = [memory.age_days(content, one, today) for one in ALL if one.name in late]
        oldest = "âge inconnu" if None in known else f"jusqu'à {max(age for age in known if age is not None)} j"
        said.append(f"Secrets à changer : {len(late)} ({oldest}) ; « gru rotate --all-due », sans coupure")
    return said


def _hosts(inventory: dict[str, Any], kept: Kept) -> list[str]:
    everyone = sorted(inventory["all"]["hosts"])
    if EVERYWHERE in kept.holders or BACKUP in kept.holders:
        return everyone if EVERYWHERE in kept.holders else _savers(inventory)
    carried = [one for one in kept.holders if inventory["all"]["children"].get(one)]
    return sorted({host for one in carried for host in hosts_of(inventory, one)})


def _savers(inventory: dict[str, Any]) -> list[str]:
    """Hosts that keep something nobody could make again (runbooks/group_vars/all.yml: `backup__sets`)."""
    if not inventory["all"]["vars"].get("gru_backups", {}).get("kind"):
        return []
    keepers = [one for one in ("database", "idp", "consultation") if inventory["all"]["children"].get(one)]
    return sorted({host for one in keepers for host in hosts_of(inventory, one)})


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"
