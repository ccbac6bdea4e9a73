"""Lookup: an application's source as one archive named by its content."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

DOCUMENTATION = r"""
name: django_site_source
short_description: Archive an application's source folders, named by their content
description:
  - The same files give the same bytes and the same name, on any machine and at any time.
  - The archive is kept in the user's cache folder and made again only when it is missing.
options:
  _terms:
    description: Folder that holds the application's folder and C(socle/).
    required: true
  application:
    description: The application's folder, which holds C(requirements.lock).
    type: str
    required: true
author:
  - Platform engineers of the GRU project
"""

RETURN = r"""
_raw:
  description: One dictionary a folder, C(release) and C(venv) (hashes of files and lock) and C(archive) (path).
  type: list
  elements: dict
"""

LEFT_OUT = {"__pycache__", ".mypy_cache", ".ruff_cache"}
SHARED = "socle"


def sources(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not LEFT_OUT.intersection(path.parts)
    )


def archive(root: Path, folders: list[str]) -> bytes:
    """Tar of the sources with fixed dates, owners and modes."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in (path for folder in folders for path in sources(root / folder)):
            content = path.read_bytes()
            member = tarfile.TarInfo(str(path.relative_to(root)))
            member.size, member.mode = len(content), 0o755 if os.access(path, os.X_OK) else 0o644
            tar.addfile(member, io.BytesIO(content))
    return raw.getvalue()


class LookupModule(LookupBase):
    def run(
        self,
        terms: list[str],
        variables: dict[str, Any] | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> list[dict[str, str]]:
        return [self._one(Path(str(term)), str(kwargs["application"])) for term in terms]

    @staticmethod
    def _one(root: Path, application: str) -> dict[str, str]:
        lock = root / application / "requirements.lock"
        if not lock.is_file():
            raise AnsibleError(f"{lock} manque : donnez dans django_site_source_directory le dossier du projet")
        raw = archive(root, [application, SHARED])
        release = hashlib.sha256(raw).hexdigest()[:16]
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gru" / application
        target = cache / f"{release}.tar.gz"
        if not target.exists():
            cache.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Two hosts deployed together may both come here: each writes its own file, the last name wins.
            handle, temporary = tempfile.mkstemp(dir=cache)
            with os.fdopen(handle, "wb") as stream:
                stream.write(gzip.compress(raw, compresslevel=6, mtime=0))
            os.replace(temporary, target)
            for old in sorted(cache.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)[:-5]:
                old.unlink(missing_ok=True)
        return {
            "release": release,
            "venv": hashlib.sha256(lock.read_bytes()).hexdigest()[:16],
            "archive": str(target),
        }
