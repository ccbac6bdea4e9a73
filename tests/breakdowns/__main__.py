"""python -m tests.breakdowns STEP: bring the platform up, break it in one way, or take it away.

Each breakdown leaves the platform whole: any of them can follow any other. The exit code is 1 when what is promised for
that day is not so.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from datetime import datetime

import yaml

from infra.backups import PARIS
from infra.state import OperatorError
from tests.breakdowns.platform import HOSTS, SITE, Platform, wait_for
from tests.breakdowns.residents import Residents
from tests.breakdowns.small_disk import SmallDisk
from tests.upgrade import Wrong

RECOVERY_POINT_SECONDS = 60
RECOVERY_SECONDS = 15 * 60
SOME = 5
"""Requests filed before, and after: enough to see that filing works."""
OLDER_LIBRARY = """
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
apt-get update -q >/dev/null
older=$(apt-cache madison libssl3t64 | awk '{print $3}' | sort -V | head -1)
apt-get install -q -y --allow-downgrades libssl3t64="$older" openssl-provider-legacy="$older" >/dev/null
for unit in postgresql@17-main guichet-portail; do systemctl -q is-active $unit && systemctl restart $unit; done
"""
"""The oldest release of a library that Debian still offers: what uses it runs on it, until it is updated."""
UNREACHABLE = "http://172.30.29.250:9/debian"
"""Nobody has this address in the platform's network."""


def up() -> None:
    """Bring the three hosts up from nothing, and save them."""
    SITE.remove()
    Platform.write()
    platform = Platform()
    platform.gru("up")
    platform.gru("backup", "now")


def database() -> None:
    """The database's machine and its disk are lost while residents file: made again, restored, nothing told is lost."""
    platform, begun = Platform(), 0.0
    residents = Residents(platform)
    with residents.filing():
        residents.wait_for_more(SOME)
        time.sleep(RECOVERY_POINT_SECONDS)  # what is filed during it is what the recovery point speaks of
        platform.destroy("base")
        begun, lost_at = time.monotonic(), time.time()
        platform.gru("up", "--no-verify", code=1, says="gru restore --to")
        said = datetime.fromtimestamp(lost_at, PARIS).strftime("%Y-%m-%d %H:%M:%S")
        told = platform.gru("restore", "--to", said, "--yes", SITE.name)
        seconds = time.monotonic() - begun
        reached = _reached(told, lost_at)
        print(
            f"remis en service en {seconds:.0f} s ; tout ce qui datait de {lost_at - reached:.0f} s avant", flush=True
        )
        residents.wait_for_more(SOME)
        before = {one: when for one, when in residents.told.items() if when <= lost_at}
    after = Residents(platform, told={one: when for one, when in residents.told.items() if when > lost_at})
    after.judge()
    Residents(platform, told=before).judge(until=min(reached, lost_at - RECOVERY_POINT_SECONDS))
    if seconds > RECOVERY_SECONDS:
        raise Wrong(f"remis en service en {seconds:.0f} s : plus d'un quart d'heure")
    platform.gru("backup", "now")
    platform.gru("backup", "check")


def repository() -> None:
    """The repository's disk is full: it is said, the platform serves on, and a backup is made once there is room."""
    platform = Platform()
    residents = Residents(platform)
    disk = SmallDisk(platform, "backup_repository", "gru-backup-repository.service", "/var/lib/gru-backup")
    with residents.filing(), disk.used():
        disk.fill()
        platform.gru("backup", "now", "--full", code=1, says="plein")
        residents.wait_for_more(SOME)
        disk.grow()
        platform.gru("backup", "now")
    residents.judge()
    if residents.refused:
        raise Wrong(f"{residents.refused} envois refusés : le dépôt n'est pas sur leur chemin")
    platform.gru("backup", "check")


def disk() -> None:
    """The database's disk is full while residents file: they are told, nothing told is lost, room is all it takes."""
    platform = Platform()
    residents = Residents(platform)
    disk = SmallDisk(platform, "database", "postgresql@17-main.service", "/var/lib/postgresql")
    with residents.filing():
        with disk.used():
            residents.wait_for_more(SOME)
            refused = residents.refused
            disk.fill()
            wait_for("des envois refusés", lambda: residents.refused > refused)
            disk.grow()
            residents.wait_for_more(SOME)
        residents.wait_for_more(SOME)
    residents.judge()
    platform.gru("verify")


def mail() -> None:
    """The mail server is down while residents file: filing goes on, and each acknowledgement arrives afterwards."""
    platform = Platform()
    residents = Residents(platform)
    with residents.filing():
        platform.on("mail", "systemctl stop postfix")
        try:
            residents.wait_for_more(SOME)
        finally:
            platform.on("mail", "systemctl start postfix")
    residents.judge()
    wait_for("chaque accusé de réception", lambda: all(one in platform.gru("mail", "--json") for one in residents.told))


def debian() -> None:
    """Packages are updated host by host while residents file: what runs on the former ones is restarted, no more."""
    platform = Platform()
    residents = Residents(platform)
    for function in ("database", "portal"):
        platform.on(function, OLDER_LIBRARY)
    with residents.filing():
        residents.wait_for_more(SOME)
        told = platform.gru("hosts", "update")
        residents.wait_for_more(SOME)
    residents.judge()
    for word in ("postgresql@17-main.service", "guichet-portail.service"):
        if word not in told:
            raise Wrong(f"{word} tourne sur une bibliothèque remplacée, et n'a pas été relancé")
    if (again := platform.gru("hosts", "update")).count("rien à mettre à jour, rien à relancer") != len(HOSTS):
        raise Wrong(f"une seconde fois, il reste à faire : {again}")


def mirror() -> None:
    """Packages cannot be had: the operator is told, residents see nothing, and the next run ends what was begun."""
    platform = Platform()
    residents = Residents(platform)
    path = Platform.write()
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["network"] = {"debian_mirror": UNREACHABLE, "debian_security_mirror": UNREACHABLE}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    platform.on("backup_repository", "apt-get purge -q -y pgbackrest restic >/dev/null; rm -rf /var/lib/apt/lists/*")
    with residents.filing():
        try:
            platform.gru("up", "--no-verify", code=1, says=UNREACHABLE)
            residents.wait_for_more(SOME)
        finally:
            Platform.write()
        platform.gru("up")
    residents.judge()
    if residents.refused:
        raise Wrong(f"{residents.refused} envois refusés : personne ne devait rien voir")


def remove() -> None:
    """Take it away."""
    SITE.remove()


STEPS: dict[str, Callable[[], None]] = {
    one.__name__: one for one in (up, database, repository, disk, mail, debian, mirror, remove)
}


def _reached(told: str, asked: float) -> float:
    """The moment that a restoration came to, from what it said: the one asked for, or where journals end."""
    found = re.search(r"les journaux du dépôt s'arrêtent le (\S+ [0-9:]+)", told)
    if found is None:
        return asked
    return datetime.strptime(found[1], "%d/%m/%Y %H:%M:%S").replace(tzinfo=PARIS).timestamp()


def main(words: list[str]) -> int:
    """Do one step."""
    try:
        STEPS[words[0]]()
    except (Wrong, OperatorError) as wrong:
        print(f"ÉCHEC : {wrong}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
