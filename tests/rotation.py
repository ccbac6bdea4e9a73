"""`gru rotate` on a platform that is up, visitors and sign-ins meanwhile: nobody is refused, what was signed holds.

    python -m tests.rotation [keep]      on a platform of one host, made for it

The secrets of the requests' sites change together, then one change is killed and finished, then one leaks.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from infra.inventory import read_inventory
from infra.journal import operations
from infra.remote import host_of, run_remote
from infra.rotation import memory
from infra.secret_store import read_secrets
from infra.state import Stack
from tests.copied_site import CopiedSite
from tests.stack.sign_in import Form
from tests.steps import BIN, ROOT
from tests.upgrade import PROCEDURE, Draft, Visits, Wrong, one_host, visitor

ALONE = CopiedSite("rotation", "rotation.gru.test", "172.30.27.0/24", "127.0.27.1")
RESIDENT = "camille.durand"
UNITS = {"portal": "guichet-portail", "proxy": "haproxy", "idp": "lemonldap-ng-fastcgi-server"}
"""Whose journals say why a sign-in failed."""
PERIOD_SECONDS = 3.0
"""Between two sign-ins."""
TOGETHER = (
    *("database_guichet_portal", "database_guichet_processing", "database_guichet_owner"),
    *("django_portal", "django_processing", "oidc_portal", "oidc_processing"),
    *("ldap_portal", "mail_returns", "oidc_signing"),
)
SIGN = {"django_portal", "django_processing", "mail_returns", "oidc_signing"}
"""Whose former value stays good for a while."""


@dataclass
class SignIns:
    """A resident who signs in again and again, as a browser does: the portal then asks the provider for a token."""

    portal: str
    authority: str
    password: str
    done: int = 0
    failed: list[str] = field(default_factory=list)
    first_failed: float = 0.0
    """Seconds since 1970."""
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Sign in while the block lasts."""
        person = threading.Thread(target=self._go_on, daemon=True)
        person.start()
        try:
            yield
        finally:
            self._stop.set()
            person.join()

    def _go_on(self) -> None:
        while not self._stop.wait(PERIOD_SECONDS):
            try:
                self._once()
                self.done += 1
            except (requests.RequestException, Wrong, KeyError) as error:
                self.first_failed = self.first_failed or time.time()
                self.failed.append(f"{time.strftime('%H:%M:%S')} {error}")

    def _once(self) -> None:
        with visitor(self.authority) as http:
            page = http.get(f"{self.portal}/connexion/", timeout=60)
            fields = Form(page.text).forms["connexion"] | {"user": RESIDENT, "password": self.password}
            back = http.post(page.url, data=fields, timeout=60)
            if back.status_code != 200 or not back.url.startswith(self.portal):
                raise Wrong(f"connexion : {back.status_code} {back.url}")
            mine = http.get(f"{self.portal}/mes-demarches/", timeout=60)
            if mine.status_code != 200 or not mine.url.startswith(f"{self.portal}/mes-demarches/"):
                raise Wrong(f"connecté, mais renvoyé : {mine.status_code} {mine.url}")


def rotated(copy: CopiedSite) -> bool:
    """Whether secrets change, are finished when killed, and are refused when they leaked, as promised."""
    os.environ.update(copy.environment())
    stack = Stack(copy.name)
    try:
        _play(copy, stack)
    except Wrong as wrong:
        print(f"ÉCHEC : {wrong}", flush=True)
        return False
    return True


def _play(copy: CopiedSite, stack: Stack) -> None:
    shared = read_inventory(stack)["all"]["vars"]
    urls, authority = shared["gru_urls"], shared["gru_visitor_ca_file"]
    pages = (f"{urls['portal']}/", f"{urls['portal']}/{PROCEDURE}", f"{urls['processing']}/sante/", f"{urls['idp']}/")
    first = read_secrets(stack)
    visits = Visits(pages, authority)
    people = SignIns(urls["portal"], authority, first["demo_password"])
    draft = Draft(f"{urls['portal']}/{PROCEDURE}remplir/", authority)
    with visits.going_on(), people.going_on():
        gru("rotate", *TOGETHER)
        _changed(stack, first, TOGETHER)
        draft.is_kept()
        _kill_and_finish(stack)
        draft.is_kept()
    visits.judge()
    print(f"{people.done} connexions faites, {len(people.failed)} en échec", flush=True)
    if people.failed:
        _say_journals(stack, people.first_failed - 15)
    if people.failed or not people.done:
        raise Wrong(f"des connexions ont échoué : {people.failed[:5]}")
    gru("rotate", "django_portal", "--leaked", "--yes", copy.name)
    try:
        draft.is_kept()
    except Wrong:
        pass
    else:
        raise Wrong("la session signée par la clé qui a fuité vaut encore")
    if memory.running(read_secrets(stack)).get("django_portal"):
        raise Wrong("la clé qui a fuité est encore gardée")
    print("\n".join(f"{one.command} : {one.result} ({one.why})" for one in operations(stack)), flush=True)


def _say_journals(stack: Stack, since: float) -> None:
    """What the portal, the front and the provider wrote from `since` (seconds since 1970) on."""
    inventory = read_inventory(stack)
    for function, unit in UNITS.items():
        words = ["journalctl", "-q", "--no-pager", "-o", "short-iso-precise", "-n", "300", "-u", unit]
        print(f"--- {unit}", flush=True)
        print(run_remote(inventory, host_of(inventory, function), [*words, "--since", f"@{since:.0f}"]), flush=True)


def _changed(stack: Stack, before: dict[str, str], names: tuple[str, ...]) -> None:
    now = read_secrets(stack)
    under_way = memory.running(now)
    if set(under_way) != SIGN.intersection(names) | (set(memory.running(before)) - set(names)):
        raise Wrong(f"des changements ne sont pas à leur fin : {under_way}")
    same = [name for name in names if name in before and now[name] == before[name]]
    if same:
        raise Wrong(f"n'a pas changé : {same}")


def _kill_and_finish(stack: Stack) -> None:
    """A run is killed while the provider takes the new secret; the next one goes on."""
    before = read_secrets(stack)
    run = subprocess.Popen(_words("rotate", "oidc_portal"), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert run.stderr is not None
    for line in run.stderr:
        print(line, end="", flush=True)
        if "La nouvelle prend la place" in line:
            run.send_signal(signal.SIGKILL)
            break
    run.wait()
    if "oidc_portal" not in memory.running(read_secrets(stack)):
        raise Wrong("rien n'a été interrompu")
    gru("rotate")
    _changed(stack, before, ("oidc_portal",))


def _words(*words: str) -> list[str]:
    return [str(BIN / "gru"), *words, "--stack", os.environ["GRU_STACK"]]


def gru(*words: str) -> None:
    """Run a command of `gru`. Raises Wrong when it fails."""
    start = time.monotonic()
    code = subprocess.run(_words(*words), cwd=ROOT, check=False).returncode
    print(f"$ gru {' '.join(words)} : {code}, {time.monotonic() - start:.0f} s", flush=True)
    if code:
        raise Wrong(f"gru {' '.join(words)} a fini par {code}")


def main(words: list[str]) -> int:
    """Bring one host up, play, take it away."""
    os.environ.update(ALONE.environment())
    if "keep" not in words:
        ALONE.remove()
        one_host(ALONE)
        gru("up", "--no-verify")
    good = rotated(ALONE)
    if "keep" not in words:
        ALONE.remove()
    return int(not good)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
