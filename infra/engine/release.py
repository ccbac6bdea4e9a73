"""The vendor's release, only when the operator asks for it with GRU_PULUMI_RELEASE.

It is an explicit choice because nothing pins it: the project cannot vouch for a file it has never read, whereas
the build is pinned by go.sum. The operator gives the SHA-256 they trust (from the vendor's signed release page,
or of their own mirror's copy): ``GRU_PULUMI_RELEASE=<sha256>`` or ``GRU_PULUMI_RELEASE=<url>#<sha256>``.
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
from pathlib import Path

from infra.engine.locate import ENGINE_VERSION, VENDOR_SWITCH, EngineError, Progress

VENDOR = "https://get.pulumi.com/releases/sdk"
TIMEOUT = 10
"""Seconds without a byte before giving up."""

ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}


def release_url() -> str:
    """Where the vendor publishes the pinned version for this machine."""
    machine = platform.machine()
    return f"{VENDOR}/pulumi-v{ENGINE_VERSION}-linux-{ARCHITECTURES.get(machine, machine)}.tar.gz"


def fetch_release(binary: Path, progress: Progress) -> None:
    """Download, check the hash given by the operator, and put the engine in place in one move."""
    given = os.environ.get(VENDOR_SWITCH, "")
    found = re.fullmatch(r"(?:(https?://[^#\s]+)#)?([0-9a-f]{64})", given)
    if found is None:
        raise EngineError(
            f"{VENDOR_SWITCH} doit valoir l'empreinte SHA-256 de l'archive de Pulumi {ENGINE_VERSION}, ou "
            "« adresse#empreinte ». Retirez cette variable pour construire le moteur."
        )
    url, expected = found.group(1) or release_url(), found.group(2)
    progress(f"Téléchargement du moteur Pulumi {ENGINE_VERSION} depuis {url}")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310 - http(s) by the pattern
            content = answer.read()
    except (OSError, urllib.error.URLError) as error:
        raise EngineError(
            f"Téléchargement impossible ({url}) : {error}. Retirez {VENDOR_SWITCH} pour construire le moteur."
        ) from error
    actual = hashlib.sha256(content).hexdigest()
    if actual != expected:
        raise EngineError(
            f"L'archive téléchargée n'est pas celle attendue (empreinte {actual}, attendue {expected}). "
            "Elle n'a pas été installée."
        )
    temporary = binary.with_name(f".pulumi.{os.getpid()}")
    try:
        temporary.write_bytes(_extract(content))
        temporary.chmod(0o755)
        temporary.replace(binary)
    finally:
        temporary.unlink(missing_ok=True)


def _extract(content: bytes) -> bytes:
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            member = archive.extractfile("pulumi/pulumi")
            if member is not None:
                return member.read()
    except (tarfile.TarError, KeyError) as error:
        raise EngineError("L'archive ne contient pas pulumi/pulumi.") from error
    raise EngineError("L'archive ne contient pas pulumi/pulumi.")
