"""`gru upgrade` and `gru rollback` on a platform that is up, visitors meanwhile: no request may fail, sessions survive.

python -m tests.trial upgrade      both sites of the guichet, on the platform that `make test` brought up
python -m tests.upgrade [keep]     the whole of it and what is refused, on a platform of one host
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests
import yaml

from infra.inventory import read_inventory
from infra.remote import hosts_of, run_remote
from infra.state import OperatorError, Stack
from infra.upgrade import pass_over, step
from tests.copied_site import WORK, CopiedSite
from tests.releases import Releases, make
from tests.stack.sign_in import Form
from tests.steps import BIN

ALONE = CopiedSite("maj", "maj.gru.test", "172.30.22.0/24", "127.0.22.1")
FOLDER = WORK / "upgrade"
PROCEDURE = "demarches/signaler-un-probleme-de-voirie/"
PERIOD_SECONDS = 0.2
"""Between two requests of a visitor: at most five a second for each page."""
ENOUGH = 100
"""Requests without which nothing is proved."""
BRICK = ("processing", "portal")


class Wrong(Exception):
    """What the upgrade promises is not so."""


@dataclass
class Visits:
    """Visitors of the public pages, each asking for one page again and again."""

    pages: tuple[str, ...]
    authority: str
    answered: int = 0
    failed: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Visit while the block lasts."""
        visitors = [threading.Thread(target=self._visit, args=(page,), daemon=True) for page in self.pages]
        for visitor in visitors:
            visitor.start()
        try:
            yield
        finally:
            self._stop.set()
            for visitor in visitors:
                visitor.join()

    def judge(self) -> None:
        """Raises Wrong when a request failed, or when there were too few to say anything."""
        print(f"{self.answered} requêtes répondues, {len(self.failed)} en échec", flush=True)
        if self.failed:
            raise Wrong(f"des requêtes ont échoué : {self.failed[:5]}")
        if self.answered < ENOUGH:
            raise Wrong(f"trop peu de requêtes pour conclure : {self.answered}")

    def _visit(self, page: str) -> None:
        while not self._stop.wait(PERIOD_SECONDS):
            try:
                answer = requests.get(page, verify=self.authority, timeout=60)
                good = answer.status_code == 200
            except requests.RequestException as error:
                self.failed.append(f"{page} : {error}")
                continue
            self.answered += good
            self.failed += [] if good else [f"{page} : {answer.status_code}"]


def brick_and_back(copy: CopiedSite) -> bool:
    """Whether both sites of the guichet pass to the next release and come back, visited, on a platform that is up.

    The next release adds to the schema: what comes back runs on it.
    """
    os.environ.update(copy.environment())
    releases, stack = make(FOLDER / "depot"), Stack(copy.name)
    variables = read_inventory(stack)["all"]["vars"]
    urls, authority = variables["gru_urls"], variables["gru_visitor_ca_file"]
    visits = Visits((f"{urls['portal']}/", f"{urls['portal']}/{PROCEDURE}", f"{urls['processing']}/sante/"), authority)
    draft = Draft(f"{urls['portal']}/{PROCEDURE}remplir/", authority)
    following, present = releases.tree(releases.next), releases.tree(releases.present)
    try:
        with visits.going_on():
            step(stack, following, "prepare")
            for tree in (following, present):
                pass_over(stack, tree, BRICK, print)
                _expect_hosts(stack, str(tree.version), BRICK)
                draft.is_kept()
        visits.judge()
    except (Wrong, OperatorError) as wrong:
        print(f"ÉCHEC : {wrong}", flush=True)
        return False
    return True


def upgrade_and_back(copy: CopiedSite) -> bool:
    """Whether releases pass, are gone back on and are refused as promised, on a platform that runs this tree."""
    os.environ.update(copy.environment())
    releases = make(FOLDER / "depot")
    try:
        _play(copy, releases)
    except Wrong as wrong:
        print(f"ÉCHEC : {wrong}", flush=True)
        return False
    return True


def _play(copy: CopiedSite, releases: Releases) -> None:
    stack = Stack(copy.name)
    gru(releases, "up", "--no-verify")
    gru(releases, "backup", "now")
    inventory = read_inventory(stack)
    urls = inventory["all"]["vars"]["gru_urls"]
    authority = inventory["all"]["vars"]["gru_visitor_ca_file"]
    pages = (f"{urls['portal']}/", f"{urls['portal']}/{PROCEDURE}", f"{urls['processing']}/sante/", f"{urls['idp']}/")
    draft = Draft(f"{urls['portal']}/{PROCEDURE}remplir/", authority)

    for words, code, expected in _refusals(releases):
        _expect(expected, gru(releases, *words, code=code))
    _expect_version(stack, str(releases.present))

    visits = Visits(pages, authority)
    yes = ("--yes", copy.name)
    with visits.going_on():
        told = gru(releases, "upgrade", "--to", releases.next.tag, *yes)
        _expect(f"Prévenir l'équipe de l'essai {releases.next}", told)
        _expect_version(stack, str(releases.next))
        draft.is_kept()
        _expect("plus récente", gru(releases, "up", "--no-verify", code=1))
        _expect("ne supporterait pas", gru(releases, "upgrade", "--to", releases.breaking.tag, *yes, code=1))
        _expect_version(stack, str(releases.next))
        gru(releases, "rollback", *yes)
        _expect_version(stack, str(releases.present))
        draft.is_kept()
    visits.judge()

    _expect("a été défaite", gru(releases, "upgrade", "--to", releases.faulty.tag, *yes, code=1))
    _expect_version(stack, str(releases.present))
    draft.is_kept()


def _refusals(releases: Releases) -> Iterator[tuple[tuple[str, ...], int, str]]:
    yield ("upgrade", "--to", "v99.0.0"), 1, "n'est pas connue de ce dépôt"
    yield ("upgrade", "--to", "demain"), 1, "n'est pas une version"
    yield ("upgrade", "--to", releases.next.tag, "--yes", "autre"), 1, "n'est pas le nom du site"
    yield ("rollback",), 1, "Aucune mise à jour"
    yield ("upgrade", "--to", releases.present.tag), 0, "déjà à cette version"


class Draft:
    """A request that a resident has begun: the first page is answered, the session alone opens the second."""

    def __init__(self, address: str, authority: str) -> None:
        self._session = visitor(authority)
        first = self._session.get(address, timeout=60)
        first.raise_for_status()
        (fields,) = (one for one in Form(first.text).forms.values() if "lieu" in one)
        del fields["enregistrer"]
        answers = fields | {"lieu": "12 rue des Lilas"}
        answer = self._session.post(first.url, data=answers, headers={"Referer": first.url}, timeout=60)
        answer.raise_for_status()
        self._step = answer.url
        if self._step == first.url:
            raise Wrong("la première page de la démarche est refusée")
        if self._opens(visitor(authority)):
            raise Wrong("la démarche commencée s'ouvre dans un autre navigateur")

    def is_kept(self) -> None:
        """Raises Wrong when the resident would have to begin again."""
        if not self._opens(self._session):
            raise Wrong("la démarche commencée est perdue")

    def _opens(self, session: requests.Session) -> bool:
        answer = session.get(self._step, timeout=60)
        return answer.status_code == 200 and answer.url == self._step


def visitor(authority: str) -> requests.Session:
    """A browser that nobody has used, which trusts the platform's authority alone, whatever the machine trusts."""
    session = requests.Session()
    session.trust_env = False
    session.verify = authority
    return session


def gru(releases: Releases, *words: str, code: int = 0) -> str:
    """What a command of the present release's `gru` says; it must end with `code`."""
    program = "from infra.cli import main; main()"
    done = subprocess.run(
        [str(BIN / "python"), "-c", program, *words, "--stack", os.environ["GRU_STACK"]],
        cwd=releases.folder,
        env=os.environ | {"PYTHONPATH": str(releases.folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"$ gru {' '.join(words)}\n{done.stdout}", flush=True)
    if done.returncode != code:
        raise Wrong(f"gru {' '.join(words)} a fini par {done.returncode}, pas {code}")
    return done.stdout


def _expect(words: str, said: str) -> None:
    if words not in " ".join(said.split()):
        raise Wrong(f"« {words} » n'est pas dit")


def _expect_version(stack: Stack, number: str) -> None:
    """Raises Wrong unless the state and every host say that version."""
    known = json.loads((stack.directory / "release.json").read_text(encoding="utf-8"))
    if known["version"] != number or known["toward"]:
        raise Wrong(f"l'état devait dire la version {number} : {known}")
    _expect_hosts(stack, number, read_inventory(stack)["all"]["children"])


def _expect_hosts(stack: Stack, number: str, functions: Iterable[str]) -> None:
    """Raises Wrong unless the hosts of these functions say that version."""
    inventory = read_inventory(stack)
    hosts = {host for function in functions for host in hosts_of(inventory, function)}
    found = {host: run_remote(inventory, host, ["cat /etc/gru/release"]).strip() for host in hosts}
    if set(found.values()) != {number}:
        raise Wrong(f"les hôtes devaient être à la version {number} : {found}")


def one_host(copy: CopiedSite) -> Path:
    """The copied site with all that it must have on one host, and no more."""
    path = copy.write() / "site.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    wanted = ["database", "mail", "idp", "processing", "portal", "proxy", "monitoring", "backup_repository"]
    content["hosts"] = {"tout": {"functions": wanted, "memory_mb": 4096}}
    content["features"] = {"demo_accounts": True}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def main(words: list[str]) -> int:
    """Bring one host up, play, take it away."""
    if "keep" not in words:
        ALONE.remove()
    one_host(ALONE)
    start = time.monotonic()
    good = upgrade_and_back(ALONE)
    print(f"{time.monotonic() - start:.0f} s", flush=True)
    if "keep" not in words:
        ALONE.remove()
    return int(not good)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
