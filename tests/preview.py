"""`gru preview` on a platform that is up: silent when nothing would change, else exact; and it touches nothing."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from infra.inventory import read_inventory
from infra.remote import run_remote
from infra.state import Stack
from tests.copied_site import CopiedSite
from tests.steps import BIN, ROOT

EXPECTED = {
    "courrier": ("le service prometheus-node-exporter.service est masqué : il serait rétabli et démarré",),
    "front": ("/etc/haproxy/pages/404.html serait modifié",),
    "veille": ("paquets à installer : prometheus-blackbox-exporter",),
    "db": ("un compte de la base au moins serait remis (créé, son mot de passe ou ses droits)",),
    "ecouter": ("le certificat de l'hôte serait refait",),
    "web": ("/etc/guichet/portail.env serait modifié (contenu secret, non montré)",),
    "metier": ("la base serait mise à cette version, et ce que dit le site (commune",),
}
"""What must be said of each host, by how it begins."""

SNAPSHOT = (
    "find /etc /usr/local /var/lib/dpkg /opt -xdev -maxdepth 4 -name __pycache__ -prune"
    " -o -type d -printf '%p %y %m %u\\n' -o -printf '%p %y %m %u %T@ %l\\n' 2>/dev/null"
    " | sort; systemctl list-units --plain --no-legend --state=active"
    " --type=service,timer,socket | cut -d' ' -f1 | grep -v '@\\|tmpfiles' | sort"
)
"""What a role writes on a host, and what runs there. Python writes compiled files, and so changes a folder's date."""


def preview_tells(copy: CopiedSite) -> bool:
    """Whether preview says nothing of a sound platform, then all that drifted and all that the site changes."""
    os.environ.update(copy.environment())
    silent, code = preview(copy)
    if silent["count"] or code or any(host["state"] != "compared" for host in silent["hosts"]):
        print(f"sans changement, gru preview (code {code}) dit : {json.dumps(silent, ensure_ascii=False)}", flush=True)
        return False
    inventory = read_inventory(Stack(copy.name))

    def remote(host: str, command: str, stdin: str = "") -> str:
        return run_remote(inventory, host, [command], stdin)

    with ExitStack() as stack:
        for drift in (masked, edited, package_gone, password_changed, certificate_expired):
            stack.enter_context(drift(remote))
        stack.enter_context(other_phone(copy))
        before = {host: remote(host, SNAPSHOT) for host in EXPECTED}
        told, _ = preview(copy)
        after = {host: remote(host, SNAPSHOT) for host in EXPECTED}
    said = {host["host"]: [change["sentence"] for change in host["changes"]] for host in told["hosts"]}
    missing = [
        f"{host} : {sentence}"
        for host, sentences in EXPECTED.items()
        for sentence in sentences
        if not any(found.startswith(sentence) for found in said[host])
    ]
    touched = {
        host: sorted(set(before[host].splitlines()) ^ set(after[host].splitlines()))
        for host in EXPECTED
        if before[host] != after[host]
    }
    if missing or touched:
        print(f"gru preview ne dit pas : {missing} ; a touché : {touched} ; a dit : {said}", flush=True)
    return not missing and not touched


def preview(copy: CopiedSite) -> tuple[dict[str, Any], int]:
    """What `gru preview --json` says, and its exit code."""
    run = subprocess.run(
        [str(BIN / "gru"), "preview", "--json", "--stack", copy.name],
        cwd=ROOT,
        env=os.environ | copy.environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    found: dict[str, Any] = json.loads(run.stdout) if run.stdout.strip() else {"count": -1, "hosts": []}
    return found, run.returncode


Remote = Callable[..., str]
"""Host, command and what it reads, to what it prints."""


@contextmanager
def masked(remote: Remote) -> Iterator[None]:
    """A unit that someone masked, and that runs no more."""
    unit = "prometheus-node-exporter.service"
    remote("courrier", f"systemctl mask --now {unit}")
    yield
    remote("courrier", f"systemctl unmask {unit} && systemctl start {unit}")


@contextmanager
def edited(remote: Remote) -> Iterator[None]:
    """A file edited by hand."""
    page = "/etc/haproxy/pages/404.html"
    remote("front", f"cp -a {page} {page}.sien && echo '<!-- à la main -->' >> {page}")
    yield
    remote("front", f"mv {page}.sien {page}")


@contextmanager
def package_gone(remote: Remote) -> Iterator[None]:
    """A package that dpkg takes for removed."""
    selection = "/var/lib/dpkg/status"
    remote(
        "veille",
        f"cp -a {selection} {selection}.sien && sed -i"
        f" '/^Package: prometheus-blackbox-exporter$/,/^Status:/s/^Status: .*/Status: deinstall ok config-files/'"
        f" {selection}",
    )
    yield
    remote("veille", f"mv {selection}.sien {selection}")


@contextmanager
def password_changed(remote: Remote) -> Iterator[None]:
    """A password that someone changed in the database: its hash is kept, and put back."""
    psql = "runuser -u postgres -- psql -qAt"
    kept = remote("db", psql, "select rolpassword from pg_authid where rolname = 'guichet_portal'").strip()
    remote("db", psql, "alter role guichet_portal password 'autre'")
    yield
    remote("db", psql, f"alter role guichet_portal password '{kept}'")


@contextmanager
def certificate_expired(remote: Remote) -> Iterator[None]:
    """A certificate whose last day is gone."""
    path = "/etc/ssl/gru/host.crt"
    remote(
        "ecouter",
        f"cp -a {path} {path}.sien && openssl req -x509 -key /etc/ssl/gru/host.key -subj /CN=ecouter"
        f" -not_before 20200101000000Z -not_after 20200201000000Z -out {path}",
    )
    yield
    remote("ecouter", f"mv {path}.sien {path}")


@contextmanager
def other_phone(copy: CopiedSite) -> Iterator[None]:
    """The town has another telephone number."""
    path = Stack(copy.name).site_file
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept.replace("01 99 00 00 00", "01 99 00 00 99", 1), encoding="utf-8")
    yield
    path.write_text(kept, encoding="utf-8")
