"""The base image of local hosts: Debian with systemd and SSH, made here from a Debian mirror, no image registry.

The image is named after the hash of its recipe: the same recipe is made once a machine, and a changed recipe is
a new name, which shows in the preview as hosts to replace. It holds no secret and no identity: SSH host keys
and the machine's id are drawn by each host at its first boot. It carries what every host needs (the packages of
the role `base`), so that seven hosts do not install it seven times.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import ImageNotFound

from infra.targets.docker.client import explained
from infra.targets.errors import TargetError

RECIPE = 1
"""Raise to have the image made again although its command is the same."""

REPOSITORY = "gru-base"
LABEL = "gru.base"
BUILD_TIMEOUT = 1800
IMPORT_TIMEOUT = 600

PACKAGES = (
    "ca-certificates",
    "curl",
    "dbus",
    "iproute2",
    "less",
    "logrotate",
    "nftables",
    "openssh-server",
    "openssl",
    "procps",
    "prometheus-node-exporter",
    "python3",
    "python3-apt",
    "python3-cryptography",
    "ssl-cert",
    "sudo",
    "systemd",
    "systemd-sysv",
    "tzdata",
)
"""What runs a host, then what roles `base` and `firewall` would install on each."""

MASKED_UNITS = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "console-getty.service",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "fstrim.timer",
    "getty@.service",
    "systemd-firstboot.service",
    "systemd-udevd.service",
)
"""What has no object in a container, or would hold apt's lock while roles install."""

HOST_KEY_UNIT = """\
[Unit]
Description=Draw this host's SSH key
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key
Before=ssh.service

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key

[Install]
WantedBy=multi-user.target
"""

DEFAULT_CERTIFICATE_UNIT = """\
[Unit]
Description=Draw this host's default certificate, which some packages want to find
ConditionPathExists=!/etc/ssl/private/ssl-cert-snakeoil.key

[Service]
Type=oneshot
ExecStart=/usr/sbin/make-ssl-cert generate-default-snakeoil --force-overwrite

[Install]
WantedBy=multi-user.target
"""

DPKG_OPTIONS = ("force-unsafe-io", "path-exclude=/usr/share/man/*", "path-exclude=/usr/share/info/*")

FILES = {
    "/etc/systemd/system/gru-host-key.service": HOST_KEY_UNIT,
    "/etc/systemd/system/gru-default-certificate.service": DEFAULT_CERTIFICATE_UNIT,
    "/etc/ssh/sshd_config.d/00-gru-host-key.conf": "HostKey /etc/ssh/ssh_host_ed25519_key\n",
    # A host here is made again in seconds: waiting for the disk at each package is of no use.
    "/etc/dpkg/dpkg.cfg.d/gru-base": "\n".join(DPKG_OPTIONS) + "\n",
    "/etc/apt/apt.conf.d/80gru-base": ('APT::Install-Recommends "false";\nAcquire::Languages "none";\n'),
    # Written empty and not "uninitialized": each host draws its id, without systemd's whole first-boot ceremony.
    "/etc/machine-id": "",
}

REMOVED = (
    "/etc/ssh/ssh_host_*",
    "/etc/ssl/private/ssl-cert-snakeoil.key",
    "/etc/ssl/certs/ssl-cert-snakeoil.pem",
    "/etc/apt/apt.conf.d/99mmdebstrap",
    "/etc/apt/sources.list",
    "/etc/dpkg/dpkg.cfg.d/99mmdebstrap",
    "/var/lib/dbus/machine-id",
    "/var/cache/apt/archives/*.deb",
    "/var/log/*.log",
)

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ImageInputs:
    """What a site says about its base image. The proxy serves to make the image and is not kept in it."""

    debian_mirror: str = "http://deb.debian.org/debian"
    debian_security_mirror: str = "http://deb.debian.org/debian-security"
    http_proxy: str | None = None
    no_proxy: str | None = None
    suite: str = "trixie"
    packages: tuple[str, ...] = PACKAGES

    def sources(self) -> list[str]:
        """Lines of the mirrors, in apt's one-line style."""
        return [
            f"deb {self.debian_mirror} {self.suite} main",
            f"deb {self.debian_mirror} {self.suite}-updates main",
            f"deb {self.debian_security_mirror} {self.suite}-security main",
        ]

    def sources_file(self) -> str:
        """The same as the role `base` writes them (a test compares), so that it changes nothing here."""
        keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
        main = f"URIs: {self.debian_mirror}\nSuites: {self.suite} {self.suite}-updates"
        security = f"URIs: {self.debian_security_mirror}\nSuites: {self.suite}-security"
        return (
            "\n\n".join(f"Types: deb\n{where}\nComponents: main\nSigned-By: {keyring}" for where in (main, security))
            + "\n"
        )


def key(inputs: ImageInputs) -> str:
    """Hash of everything that shapes the image: the command that makes it, file contents included."""
    recipe = json.dumps([RECIPE, *command(inputs, Path("-"))])
    return hashlib.sha256(recipe.encode()).hexdigest()[:16]


def reference(inputs: ImageInputs) -> str:
    """Name of the image in Docker, whether it is there or not."""
    return f"{REPOSITORY}:{key(inputs)}"


def image_exists(inputs: ImageInputs) -> bool:
    """Whether Docker has the image already."""
    with explained("chercher l'image de base"):
        engine = docker.from_env(timeout=IMPORT_TIMEOUT)
        try:
            engine.images.get(reference(inputs))
        except ImageNotFound:
            return False
        finally:
            engine.close()
    return True


def ensure_image(inputs: ImageInputs, tell: Tell = lambda _message: None) -> str:
    """The reference of an image that is in Docker, made if needed (about a minute).

    Raises:
        TargetError: mmdebstrap is missing or failed (with the log's path), or Docker does not answer.
    """
    name = reference(inputs)
    if image_exists(inputs):
        return name
    if shutil.which("mmdebstrap") is None:
        raise TargetError(
            "mmdebstrap, qui fabrique l'image de base, n'est pas installé : "
            "apt-get install mmdebstrap debian-archive-keyring"
        )
    with _only_one_at_a_time(tell) as folder:
        if image_exists(inputs):
            return name
        started = time.monotonic()
        tell(f"Fabrication de l'image de base {name} (une seule fois, environ une minute)")
        with tempfile.TemporaryDirectory(dir=folder) as work:
            archive = Path(work) / "base.tar"
            _bootstrap(inputs, archive, folder / "construction.log")
            _import(archive, name, key(inputs))
        tell(f"Image de base prête en {time.monotonic() - started:.0f} s")
    return name


def command(inputs: ImageInputs, archive: Path) -> list[str]:
    """The mmdebstrap command, whole: nothing else shapes the image."""
    return [
        "mmdebstrap",
        "--variant=minbase",
        f"--include={','.join(sorted(inputs.packages))}",
        # Lists and apt's index of them stay: else each host fetches and indexes them again (4 s of CPU each).
        "--skip=cleanup/apt,output/dev",
        '--aptopt=Acquire::Languages "none"',
        '--aptopt=Acquire::GzipIndexes "true"',
        '--aptopt=APT::Install-Recommends "false"',
        *(f"--dpkgopt={option}" for option in DPKG_OPTIONS),
        *(f"--customize-hook={hook}" for hook in _hooks(inputs)),
        inputs.suite,
        str(archive),
        *inputs.sources(),
    ]


def _hooks(inputs: ImageInputs) -> Iterator[str]:
    for path in REMOVED:
        yield f'rm -f "$1"{path}'
    files = FILES | {"/etc/apt/sources.list.d/debian.sources": inputs.sources_file()}
    for path, content in files.items():
        yield f'mkdir -p "$1"{os.path.dirname(path)} && printf %s {shlex.quote(content)} > "$1"{path}'
    units = " ".join(MASKED_UNITS)
    yield f'for unit in {units}; do ln -sf /dev/null "$1/etc/systemd/system/$unit"; done'
    yield 'chroot "$1" systemctl --quiet enable gru-host-key gru-default-certificate ssh'
    # mmdebstrap brings later dates back to that of its start, and apt compares dates with what it indexed.
    yield 'find "$1"/var/lib/apt/lists -type f -exec touch -d "1 hour ago" {} +'
    yield 'chroot "$1" apt-cache gencaches -q && rm -f "$1"/var/cache/apt/pkgcache.bin'


def _bootstrap(inputs: ImageInputs, archive: Path, log: Path) -> None:
    environment = dict(os.environ)
    if inputs.http_proxy:
        environment |= {"http_proxy": inputs.http_proxy, "https_proxy": inputs.http_proxy}
    if inputs.no_proxy:
        environment |= {"no_proxy": inputs.no_proxy}
    with log.open("wb") as output:
        try:
            subprocess.run(
                command(inputs, archive),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                timeout=BUILD_TIMEOUT,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise TargetError(
                f"La fabrication de l'image de base a échoué : {_last_error(log)}. Journal : {log}. Vérifiez que "
                f"le miroir {inputs.debian_mirror} répond (site.yaml, network) et qu'il reste 2 Go de disque."
            ) from error


def _last_error(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    errors = [line for line in lines if line.startswith("E: ") and "apt-get" not in line]
    return (errors or [line for line in lines if line] or ["journal vide"])[0][:300]


def _import(archive: Path, name: str, content_key: str) -> None:
    repository, _, tag = name.partition(":")
    with explained("enregistrer l'image de base"):
        engine = docker.from_env(timeout=IMPORT_TIMEOUT)
        try:
            engine.api.import_image_from_file(
                str(archive),
                repository=repository,
                tag=tag,
                changes=[f"LABEL {LABEL}={content_key}", 'CMD ["/sbin/init"]'],
            )
            engine.images.get(name)
        finally:
            engine.close()


@contextmanager
def _only_one_at_a_time(tell: Tell) -> Iterator[Path]:
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "gru" / "base"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "verrou").open("w")
    except OSError as error:
        raise TargetError(f"Impossible d'écrire dans {folder} ({error.strerror}).") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Une autre commande fabrique déjà l'image de base : attente.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
