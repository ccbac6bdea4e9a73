"""The vendor's release of the engine or of a plugin, only when the operator asks for it.

It is an explicit choice because nothing pins it: the project cannot vouch for a file it has never read, whereas
the build is pinned by go.sum. The operator gives the SHA-256 they trust (from the vendor's signed release page,
or of their own mirror's copy) in a variable: ``<sha256>`` or ``<url>#<sha256>``.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import re
import tarfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from infra.engine.locate import ENGINE_VERSION, VENDOR_SWITCH, EngineError, Progress

VENDOR = "https://get.pulumi.com/releases"
TIMEOUT = 10
"""Seconds without a byte before giving up."""

ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}


@dataclass(frozen=True, slots=True)
class Release:
    """What the vendor publishes for this machine, and the variable that asks for it."""

    what: str
    """French, after « du »: ``moteur Pulumi 3.258.0``."""
    switch: str
    url: str
    member: str
    """Path of the program in the archive."""


def machine_word() -> str:
    """This machine's architecture as the vendor's archives of the engine name it."""
    machine = platform.machine()
    return ARCHITECTURES.get(machine, machine)


ENGINE = Release(
    what=f"moteur Pulumi {ENGINE_VERSION}",
    switch=VENDOR_SWITCH,
    url=f"{VENDOR}/sdk/pulumi-v{ENGINE_VERSION}-linux-{machine_word()}.tar.gz",
    member="pulumi/pulumi",
)


def asked(release: Release) -> tuple[str, str]:
    """Address and SHA-256 that the operator gave. Raises EngineError when the variable says something else."""
    found = re.fullmatch(r"(?:(https?://[^#\s]+)#)?([0-9a-f]{64})", os.environ.get(release.switch, ""))
    if found is None:
        raise EngineError(
            f"{release.switch} doit valoir l'empreinte SHA-256 de l'archive du {release.what}, ou "
            "« adresse#empreinte ». Retirez cette variable pour construire le programme ici."
        )
    return found.group(1) or release.url, found.group(2)


def fetch_release(release: Release, binary: Path, progress: Progress) -> None:
    """Download, check the hash given by the operator, and put the program in place in one move."""
    url, expected = asked(release)
    progress(f"Téléchargement du {release.what} depuis {url}")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310 - http(s) by the pattern
            content = answer.read()
    except (OSError, urllib.error.URLError) as error:
        raise EngineError(
            f"Téléchargement impossible ({url}) : {error}. Retirez {release.switch} pour construire le programme ici."
        ) from error
    actual = hashlib.sha256(content).hexdigest()
    if actual != expected:
        raise EngineError(
            f"L'archive téléchargée n'est pas celle attendue (empreinte {actual}, attendue {expected}). "
            "Elle n'a pas été installée."
        )
    temporary = binary.with_name(f".{binary.name}.{os.getpid()}")
    try:
        temporary.write_bytes(_extract(content, release.member))
        temporary.chmod(0o755)
        temporary.replace(binary)
    finally:
        temporary.unlink(missing_ok=True)


def _extract(content: bytes, name: str) -> bytes:
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            member = archive.extractfile(name)
            if member is not None:
                return member.read()
    except (tarfile.TarError, KeyError) as error:
        raise EngineError(f"L'archive ne contient pas {name}.") from error
    raise EngineError(f"L'archive ne contient pas {name}.")
