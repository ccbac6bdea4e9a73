"""A front alone on its host, made and configured as `gru up` does, and those who visit it."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import itertools
import json
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import yaml
from cryptography import x509

from infra import bring_up
from infra import stack as pulumi_stack
from infra.addressing import settled
from infra.authority_change import both_trusted
from infra.configuration import run_runbook
from infra.inventory import read_inventory, write_inventory
from infra.model import load_site
from infra.preflight import SECRET_CHECKS, refuse_what_cannot_work
from infra.remote import run_remote
from infra.secret_store import ensure_secrets
from infra.site_plan import make_plan
from infra.state import Stack
from tests.certificates.authority import AcmeAuthority
from tests.copied_site import WORK, CopiedSite
from tests.roles.converge import own_hosts
from tests.roles.scenario import host_name
from tests.steps import BIN, ROOT

COPY = CopiedSite("certificats", "certificats.test", "172.30.26.0/24", "127.0.26.1")
HOST = host_name("proxy")
AUTHORITY_ADDRESS = "172.30.26.200"
_UNIT = "gru-public-certificate.service"
_TIMER = "gru-public-certificate.timer"
_PLACES = "/run/systemd/system"
_PATIENCE = 180
"""Seconds: certbot proves one name after the other, and the machine may be busy."""


class Front:
    """The front's host; `site` is what site.yaml says now."""

    def __init__(self) -> None:
        self.stack = Stack(COPY.name)
        self.site = own_hosts(COPY)
        self._topology: dict[str, Any] = {}
        self._runs = itertools.count(1)

    def make(self) -> AcmeAuthority:
        """Make the host, and an authority in its network; configure nothing yet."""
        bring_up.check_target(self.site)
        self.stack.prepare()
        ensure_secrets(self.stack, self.site)
        image = bring_up.prepare(self.site, print)
        authority = AcmeAuthority(
            image, f"gru-{COPY.name}-autorite", f"gru.stack={COPY.name}", COPY.domain, WORK / "certificats"
        )
        installing = threading.Thread(target=authority.install, args=[self.site])
        installing.start()
        try:
            self._make_host(image)
        finally:
            installing.join()
        authority.start(f"gru-{COPY.name}", AUTHORITY_ADDRESS, self.address)
        (self.stack.site_directory / "racines.pem").write_text(authority.roots, encoding="utf-8")
        bring_up.wait_for_hosts(self.stack)
        return authority

    def _make_host(self, image: str) -> None:
        site = settled(self.site, {})
        public_key = self.stack.ssh_key_file.with_suffix(".pub").read_text(encoding="utf-8").strip()
        plan = make_plan(self.stack.name, site, image=image, ssh_public_key=public_key)
        absent = tuple(host.fqdn for host in plan.hosts if host.name != HOST)
        hosts = tuple(
            dataclasses.replace(host, aliases=(*host.aliases, *absent)) for host in plan.hosts if host.name == HOST
        )
        plan = dataclasses.replace(plan, hosts=hosts)
        made = pulumi_stack.up(plan, self.stack.directory, self.stack.passphrase_file)
        self._topology = made.outputs[pulumi_stack.INVENTORY_OUTPUT]
        write_inventory(self.stack, site, self._topology)

    @property
    def address(self) -> str:
        """In the hosts' network."""
        return str(self._topology["hosts"][HOST]["address"])

    def says(self, certificate: dict[str, Any]) -> None:
        """Write the block ``certificate`` of site.yaml; refuse in words what cannot work."""
        content = yaml.safe_load(self.stack.site_file.read_text(encoding="utf-8"))
        content["certificate"] = certificate
        self.stack.site_file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        self.site = load_site(self.stack.site_file)
        refuse_what_cannot_work(self.stack, self.site)
        refuse_what_cannot_work(self.stack, self.site, SECRET_CHECKS)

    def configure(self, *, renew_authority: bool = False) -> list[str]:
        """What `gru up` does once hosts are there; return what changed."""
        ensure_secrets(self.stack, self.site, renew_authority=renew_authority)
        write_inventory(self.stack, settled(self.site, {}), self._topology)
        log = WORK / f"certificats-{next(self._runs)}.log"
        with both_trusted(self.stack, log.with_suffix(".trust.log")):
            return run_runbook(self.stack, "deploy", log, limit=HOST).changed_tasks

    def run(self, *scripts: str) -> str:
        """Standard output of a shell on the host. Raises OperatorError when a script fails."""
        return run_remote(read_inventory(self.stack), HOST, ["; ".join(scripts)])

    def settle(self) -> bool:
        """Wait until what obtains the certificate has ended; whether it succeeded.

        It may not have begun yet: `gru up` asks systemd for it and does not wait.
        """
        busy = f'systemctl show {_UNIT} -p Job -p ActiveState | grep -qE "^(Job=[1-9]|ActiveState=activating)"'
        wait = f"timeout {_PATIENCE} sh -c 'while {busy}; do sleep 0.2; done' || echo still busy"
        said = self.run(wait, f"systemctl is-failed {_UNIT} || true").strip()
        assert "still busy" not in said, f"{_UNIT} has not ended after {_PATIENCE} s"
        return said != "failed"

    def answer(self) -> dict[str, Any]:
        """What the host remembers of its last attempt."""
        content: dict[str, Any] = json.loads(self.run("cat /var/lib/gru-acme/answer.json"))
        return content

    def travel(self, days: int) -> None:
        """Let what obtains the certificate live `days` later, and its timer elapse without its random delay."""
        moment = f"FAKETIME=+{days}d FAKETIME_DONT_FAKE_MONOTONIC=1"
        self.run(
            "dpkg -s faketime >/dev/null 2>&1 || apt-get -qq install faketime >/dev/null",
            f"mkdir -p {_PLACES}/{_UNIT}.d {_PLACES}/{_TIMER}.d",
            f"echo [Service] > {_PLACES}/{_UNIT}.d/travel.conf",
            f"echo Environment=LD_PRELOAD=$(ls /usr/lib/*/faketime/libfaketime.so.1) {moment}"
            f" >> {_PLACES}/{_UNIT}.d/travel.conf",
            f"printf '[Timer]\\nRandomizedDelaySec=0\\nAccuracySec=1ms\\n' > {_PLACES}/{_TIMER}.d/travel.conf",
            "systemctl daemon-reload",
        )

    def come_back(self) -> None:
        """Live today again."""
        self.run(f"rm -rf {_PLACES}/{_UNIT}.d {_PLACES}/{_TIMER}.d", "systemctl daemon-reload")

    def elapse(self) -> None:
        """Let the timer find, as after a night without power, that its hour is past."""
        began = f"systemctl show {_UNIT} -p ExecMainStartTimestampMonotonic --value"
        self.run(
            f"systemctl stop {_TIMER}",
            f"before=$({began})",
            f"touch -d '2 days ago' /var/lib/systemd/timers/stamp-{_TIMER}",
            f"systemctl start {_TIMER}",
            f"timeout 30 sh -c 'while [ $({began}) = '$before' ]; do sleep 0.1; done'",
        )

    def shown(self, function: str = "portal") -> x509.Certificate:
        """The certificate that a visitor is shown, checked with what visitors trust and for the name asked."""
        with self._connected(function) as connection:
            return x509.load_der_x509_certificate(connection.getpeercert(binary_form=True) or b"")

    def ask(self, function: str = "portal", path: str = "/charte/charte.css") -> tuple[int, dict[str, str]]:
        """Status and headers of a page's answer, over a new connection."""
        with self._connected(function) as connection:
            client = http.client.HTTPConnection("front")
            client.sock = connection
            client.request("GET", path, headers={"Host": self.site.public_names()[function], "Connection": "close"})
            answer = client.getresponse()
            answer.read()
            return answer.status, {name.title(): value for name, value in answer.getheaders()}

    @contextlib.contextmanager
    def _connected(self, function: str) -> Iterator[ssl.SSLSocket]:
        shared = read_inventory(self.stack)["all"]["vars"]
        trust = ssl.create_default_context(cafile=shared["gru_visitor_ca_file"])
        with (
            socket.create_connection((COPY.publish_address, 443), timeout=10) as plain,
            trust.wrap_socket(plain, server_hostname=self.site.public_names()[function]) as connection,
        ):
            yield connection

    @contextlib.contextmanager
    def visited(self) -> Iterator[list[str]]:
        """Visitors who come one after the other meanwhile; the list tells what each met."""
        met: list[str] = []
        over = threading.Event()

        def visit() -> None:
            while not over.is_set():
                try:
                    met.append(str(self.ask()[0]))
                except (OSError, http.client.HTTPException) as error:
                    met.append(f"{type(error).__name__} : {error}")

        visitors = threading.Thread(target=visit)
        visitors.start()
        try:
            yield met
        finally:
            over.set()
            visitors.join()


@contextlib.contextmanager
def front_and_authority() -> Iterator[tuple[Front, AcmeAuthority]]:
    """Both, made afresh; nothing is left of them."""
    os.environ.update(COPY.environment())
    COPY.write()
    COPY.remove()
    front = Front()
    try:
        yield front, front.make()
    finally:
        if not os.environ.get("GRU_KEEP_TEST_STACK"):
            COPY.remove()


def verified(front: Front) -> subprocess.CompletedProcess[str]:
    """What `gru verify` says of the certificate."""
    words = [str(BIN / "pytest"), "-q", "-p", "no:django", "-p", "no:cacheprovider", "tests/stack/test_certificate.py"]
    return subprocess.run(
        words, capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ | COPY.environment()
    )
