"""A town's database that is saved in a real S3 store (Swift, over TLS), and another host that only has its backups.

Both are clusters of this machine; what saves and restores is the role's own program and the role's own configuration.
"""

from __future__ import annotations

import datetime
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from gru_backup import places, system
from gru_backup.postgresql import Database
from gru_backup.words import Refused

from tests.infra.shared_places import S3Place, swift
from tests.postgresql import _binaires, _commande
from tests.steps import ROOT

STORE = "s3.essai.test"
BUCKET = "sauvegardes"
TEMPLATES = ROOT / "roles" / "backup" / "templates"


@dataclass
class Cluster:
    """One host's PostgreSQL: `folder` holds its data, its socket and what pgBackRest reads."""

    folder: Path
    archives: bool

    @property
    def data(self) -> Path:
        """As on a host, the restored one takes its place."""
        return self.folder / "main"

    @property
    def environment(self) -> dict[str, str]:
        """Where its programs find it."""
        return {"PGHOST": str(self.folder), "PGBACKREST_CONFIG": str(self.folder / "pgbackrest.conf")}

    def systemctl(self, verb: str, _unit: str, *, check: bool = True) -> bool:
        """What systemd does of `postgresql@17-main`. Raises Refused where `check` and it fails."""
        archiving = "pgbackrest --stanza=plateforme archive-push %p" if self.archives else ""
        options = (
            f"-k {self.folder} -c listen_addresses= -c fsync=off -c archive_mode={'on' if self.archives else 'off'}"
        )
        words = {
            "start": [
                "-w",
                "-t",
                "60",
                "-l",
                f"{self.folder}/journal",
                "-o",
                f"{options} -c archive_command='{archiving}'",
            ],
            "stop": ["-m", "fast"],
            "is-active": [],
        }
        if verb not in words or (verb == "stop" and not (self.data / "postmaster.pid").exists()):
            return True
        action = "status" if verb == "is-active" else verb
        command = [f"{_binaires()}/pg_ctl", "-D", str(self.data), action, *words[verb]]
        run = subprocess.run(
            _commande(*command), env=os.environ | self.environment, capture_output=True, text=True, check=False, cwd="/"
        )
        if check and run.returncode:
            raise Refused(run.stdout + run.stderr)
        return run.returncode == 0


class LocalDatabase(Database):
    """The role's own, told where this cluster's log is."""

    log = Path()

    def _words(self) -> str:
        return self.log.read_text("utf-8", "replace")[-4000:]


class World:
    """The source and the copy. `source()` and `copy()` speak of one at a time, as each host does of its own."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch, store: S3Place, port: int, authority: Path) -> None:
        self._patch = patch
        self.clusters = {"source": Cluster(root / "source", True), "copy": Cluster(root / "copy", False)}
        for cluster in self.clusters.values():
            cluster.folder.mkdir()
            (cluster.folder / "pgbackrest.conf").write_text(
                configured(cluster, store, port, authority), encoding="utf-8"
            )
            shutil.chown(cluster.folder, "postgres", "postgres")
        initdb = [f"{_binaires()}/initdb", "-D", str(self.clusters["source"].data), "-U", "postgres", "-A", "trust"]
        subprocess.run(_commande(*initdb, "--locale=C.UTF-8", "-E", "UTF8"), check=True, capture_output=True, cwd="/")
        self.clusters["copy"].data.mkdir(mode=0o700)
        shutil.chown(self.clusters["copy"].data, "postgres", "postgres")
        self.on("source")
        self.clusters["source"].systemctl("start", "")

    def on(self, name: str, samples: dict[str, str] | None = None) -> LocalDatabase:
        """Become a host: its program, as the role configures it; the copy only reads."""
        cluster = self.clusters[name]
        for key, value in cluster.environment.items():
            self._patch.setenv(key, value)
        self._patch.setattr(system, "systemctl", cluster.systemctl)
        for place in ("KEPT", "LOCK", "READING", "FIGURES"):
            self._patch.setattr(places, place, cluster.folder / place.lower())
        settings: dict[str, Any] = {"stanza": "plateforme", "unit": "postgresql", "data": str(cluster.data)}
        settings |= {"full_every_days": 7, "samples": samples or {}}
        made = LocalDatabase(settings, reads_only=name == "copy")
        made.log = cluster.folder / "journal"
        return made

    def end(self) -> None:
        """Stop both."""
        for cluster in self.clusters.values():
            cluster.systemctl("stop", "", check=False)


def configured(cluster: Cluster, store: S3Place, port: int, authority: Path) -> str:
    """What the role writes, but for what is of this machine: the way to the store, folders, an older pgBackRest."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), trim_blocks=True, autoescape=False)  # noqa: S701 - no page
    environment.filters["regex_replace"] = lambda text, old, new: re.sub(old, new, text)
    text = environment.get_template("pgbackrest.conf.j2").render(
        backup__sftp=False,
        backup__stanza="plateforme",
        backup_place={"endpoint": f"https://{STORE}", "bucket": BUCKET, "region": store.region, "path": "/gru"},
        backup_s3_key=store.access,
        backup_s3_secret=store.secret,
        backup_key="une-cle-d-essai",
        backup_keep_days=30,
        backup_database={"data": str(cluster.data)},
    )
    own = [f"lock-path={cluster.folder}/verrous", f"spool-path={cluster.folder}/attente"]
    own += ["repo1-storage-host=127.0.0.1", f"repo1-storage-port={port}", f"repo1-storage-ca-file={authority}"]
    known = subprocess.run(["pgbackrest", "version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, known.split()[1].split("."))) < (2, 46):
        text = text.replace("repo1-block=y\n", "")
    return text.replace("[global]\n", "\n".join(["[global]", *own, ""])) + f"\npg1-socket-path={cluster.folder}\n"


@contextmanager
def world() -> Iterator[World]:
    """Both hosts and their store, as long as the block."""
    root = Path(tempfile.mkdtemp(prefix="gru-sauvegardes-"))
    root.chmod(0o755)
    (root / "magasin").mkdir()
    try:
        with pytest.MonkeyPatch.context() as patch, swift(root / "magasin") as store:
            store.bucket(BUCKET)
            authority, context = certified(root)
            with over_tls(int(store.endpoint.rpartition(":")[2]), context) as port:
                made = World(root, patch, store, port, authority)
                try:
                    yield made
                finally:
                    made.end()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def certified(root: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of the store that is its own authority."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, STORE)])
    names = [x509.DNSName(STORE), x509.DNSName("127.0.0.1"), x509.DNSName("localhost")]
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    built = built.not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=1))
    built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    public = root / "autorite.pem"
    public.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private = root / "cle.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context


@contextmanager
def over_tls(port: int, context: ssl.SSLContext) -> Iterator[int]:
    """Give the port where what listens on `port` is reached over TLS."""
    server = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            target.close()

    def accept() -> None:
        while True:
            try:
                plain, _ = server.accept()
            except OSError:
                return
            try:
                secured = context.wrap_socket(plain, server_side=True)
                inside = socket.create_connection(("127.0.0.1", port))
            except OSError:
                continue
            for pair in ((secured, inside), (inside, secured)):
                threading.Thread(target=carry, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()
