"""Which release a platform runs, and from which site: kept with its state, shared with it, and left on each host."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from infra import release_trees
from infra.release import Version, version, version_of
from infra.remote import run_remote
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack

_FILE = "release.json"
ON_HOSTS = "/etc/gru/release"


@dataclass(frozen=True, slots=True)
class Installed:
    """What the last complete run put there.

    `commit` is that of the program, `whole` says that nothing else was in its folder; `site` is the mark of the site's
    folder, `at` ISO 8601, UTC; `before` is the release that an upgrade left, to which one can go back.
    """

    version: str
    commit: str
    whole: bool
    site: str
    at: str
    before: Mapping[str, Any] | None = None
    toward: str = ""
    """The version that an upgrade is passing hosts to, or was when it was cut."""

    @property
    def number(self) -> Version:
        """Its version, to compare."""
        return version(self.version)


def installed(stack: Stack) -> Installed | None:
    """What the state says; None where no run of this program, or of a later one, went to its end."""
    path = stack.directory / _FILE
    return Installed(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def remember_this(stack: Stack) -> None:
    """A run of this program went to its end. What it may go back to stays, as long as the version does."""
    commit, whole = release_trees.here()
    known = installed(stack)
    now = Installed(str(version_of(SOURCE_DIRECTORY)), commit, whole, site_mark(stack), _now())
    remember(stack, replace(now, before=known.before if known and known.version == now.version else None))


def remember(stack: Stack, what: Installed) -> None:
    """Write it whole, or not at all."""
    path = stack.directory / _FILE
    temporary = path.with_name(path.name + ".new")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(asdict(what), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    temporary.replace(path)


def upgraded(former: Installed, tree: release_trees.Tree) -> Installed:
    """What is there once `tree` took the place of `former`."""
    before = asdict(replace(former, before=None, toward=""))
    return Installed(str(tree.version), tree.commit, True, former.site, _now(), before)


def site_mark(stack: Stack) -> str:
    """Hash of all that the site's folder holds, names and contents."""
    mark = hashlib.sha256()
    for path in sorted(path for path in stack.site_directory.rglob("*") if path.is_file()):
        content = path.read_bytes()
        mark.update(f"{path.relative_to(stack.site_directory)}\0{len(content)}\0".encode() + content)
    return mark.hexdigest()


def refuse_to_go_back(stack: Stack) -> None:
    """`gru up` of an older program than the one that runs. Raises OperatorError."""
    known, ours = installed(stack), version_of(SOURCE_DIRECTORY)
    if known and known.number > ours:
        raise OperatorError(
            f"La plateforme est à la version {known.version}, et ce programme à la {ours} : rien n'a été touché. Mettez"
            f" ce dossier à la bonne version (« git fetch --tags », « git switch --detach {known.number.tag} »,"
            " « make up »), ou revenez à celle d'avant par « gru rollback »."
        )


def on_hosts(inventory: dict[str, Any]) -> dict[str, str]:
    """The version left on each host; empty where none is. Raises OperatorError when a host does not answer."""
    hosts = sorted(inventory["all"]["hosts"])
    with ThreadPoolExecutor(max_workers=len(hosts)) as pool:
        found = pool.map(lambda host: run_remote(inventory, host, [f"cat {ON_HOSTS} 2>/dev/null || :"]).strip(), hosts)
        return dict(zip(hosts, found, strict=True))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
