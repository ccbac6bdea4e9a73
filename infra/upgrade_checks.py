"""What must be true before another release takes a platform over: each check changes nothing, and says what to do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from infra import backups, release_trees
from infra.host_preflight import examine
from infra.installed_release import Installed, installed, on_hosts, site_mark
from infra.model import Site
from infra.model.site import Function
from infra.release import Version, version
from infra.remote import run_remote
from infra.state import OperatorError, Stack

FREE_MIB = 800
"""Free on a host of sites: a release and its libraries, twice what they were seen to take."""
_SITES = (Function.PORTAL, Function.PROCESSING, Function.CONSULTATION)


@dataclass(frozen=True, slots=True)
class Way:
    """From the release that runs to the one to reach."""

    former: Installed
    wanted: Version
    commit: str


def way_to(stack: Stack, tag: str | None) -> Way | None:
    """The way to `tag`, or to the newest release; None where the platform is there already.

    Raises:
        OperatorError: nobody knows what runs, the tag is not one, or it goes back.
    """
    former = _known(stack)
    known = release_trees.releases()
    if not known:
        raise OperatorError("Ce dépôt ne connaît aucune version : « git fetch --tags » les apporte.")
    wanted = version(tag) if tag else known[0]
    if wanted not in known:
        raise OperatorError(
            f"La version {wanted.tag} n'est pas connue de ce dépôt. « git fetch --tags » apporte les nouvelles, « gru"
            f" releases » les liste. Connues : {', '.join(one.tag for one in known[:5])}."
        )
    commit = release_trees.commit_of(wanted.tag)
    if wanted == former.number and commit == former.commit:
        return None
    if wanted < former.number:
        raise OperatorError(
            f"La plateforme est à la version {former.number}, plus récente que la {wanted}. On ne descend pas : « gru"
            " rollback » revient à la version d'avant la dernière mise à jour, « gru restore » à un moment passé."
        )
    return Way(former, wanted, commit)


def way_back(stack: Stack) -> Way:
    """The way back to the release that the last upgrade left. Raises OperatorError."""
    former = _known(stack)
    if former.toward:
        # Cut on its way: what ran before is what the state still says.
        return Way(former, former.number, former.commit)
    if not former.before:
        raise OperatorError(
            f"Aucune mise à jour par « gru upgrade » n'est à défaire : la plateforme est à la version {former.number}."
            " « gru restore » ramène les données à un moment passé."
        )
    return Way(former, version(former.before["version"]), former.before["commit"])


def refusals(stack: Stack, site: Site, inventory: dict[str, Any], way: Way) -> list[str]:
    """All that forbids to leave the release that runs, one sentence each."""
    return [
        *_repository(way),
        *_site(stack, way),
        *_hosts(site, inventory, way),
    ]


def stale_backups(inventory: dict[str, Any]) -> Iterator[str]:
    """What could not be brought back to today, should the upgrade go wrong."""
    try:
        carried = [name for names in backups.savers(inventory).values() for name in names if name != "site"]
        found = backups.listed(inventory)
    except OperatorError as error:
        yield str(error)
        return
    for name in carried:
        last = max((one.time for one in found if one.set == name), default=0.0)
        if not last:
            yield f"« {backups.SETS[name][1]} » n'a aucune sauvegarde : lancez « gru backup now »"
        elif time.time() - last > backups.FRESH_HOURS * 3600:
            yield (
                f"« {backups.SETS[name][1]} » n'a pas été sauvegardé depuis le {backups.said(last)} : lancez « gru"
                " backup now »"
            )


def _known(stack: Stack) -> Installed:
    found = installed(stack)
    if found is None:
        raise OperatorError(
            "Rien ne dit quelle version tourne : lancez d'abord « gru up » avec le programme qui a installé la"
            " plateforme, à une version qui connaît « gru upgrade »."
        )
    return found


def _repository(way: Way) -> Iterator[str]:
    if not way.former.commit:
        yield (
            f"la version {way.former.version} en service a été installée d'un dossier qui n'est pas un dépôt git : on"
            " ne saurait pas y revenir. Reprenez ce programme par « git clone », puis lancez « gru up »"
        )
    elif not way.former.whole:
        yield (
            f"la version {way.former.version} en service a été installée d'un dossier modifié : on ne saurait pas y"
            " revenir. Rangez ces changements (« git stash », ou un commit), puis lancez « gru up »"
        )
    elif not release_trees.commit_of(way.former.commit):
        yield (
            f"ce dépôt ne connaît pas le programme en service (commit {way.former.commit[:12]}) : on ne saurait pas y"
            " revenir. « git fetch --all » l'apporte"
        )


def _site(stack: Stack, way: Way) -> Iterator[str]:
    if site_mark(stack) != way.former.site:
        yield (
            f"le dossier du site ({stack.site_directory}) a changé depuis le dernier « gru up » : une chose à la fois."
            " Lancez « gru up » pour l'appliquer, ou reprenez ce qu'il était"
        )


def _hosts(site: Site, inventory: dict[str, Any], way: Way) -> Iterator[str]:
    there = inventory["all"]["hosts"]
    found = examine(site, inventory, names_later=True)
    if found.silent:
        for host, reason in found.silent.items():
            yield f"hôte {host} : {reason}"
        return
    for host, reasons in found.faults.items():
        yield from (f"hôte {host} : {reason}" if host else reason for reason in reasons)
    for host, number in on_hosts(inventory).items():
        if number not in (way.former.version, way.former.toward):
            yield (
                f"hôte {host} : il est à la version {number or 'inconnue'}, et la plateforme à la"
                f" {way.former.version}. « gru up » finit ce qui ne l'est pas"
            )
    sites = [host for host in there if set(there[host]["gru_functions"]) & {str(one) for one in _SITES}]
    with ThreadPoolExecutor(max_workers=max(1, len(sites))) as pool:
        free = pool.map(lambda host: run_remote(inventory, host, ["df -Pm /opt | awk 'NR == 2 { print $4 }'"]), sites)
        for host, mib in zip(sites, free, strict=True):
            if int(mib) < FREE_MIB:
                yield f"hôte {host} : {int(mib)} Mio libres dans /opt, il en faut {FREE_MIB} pour une version de plus"
