"""The copy: one container of the operator's machine that carries all that the source does, under the same names.

Its names are the source's, because what is restored holds them; they lead to it in its own network only.
"""

from __future__ import annotations

import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from infra.model import Site, load_site
from infra.model.site import Function
from infra.state import OperatorError, Stack
from infra.targets import AnyTarget, copies

HOST = "copie"
_ENDING = "-exercice"
_NAME_MAX = 31
_LEFT_OUT = ("backup", "state", "certificate", "policy", "hosting", "hosts", "target")
"""Blocks of the source that would reach outside, or that speak of its machines."""
_SPEAKS_OUTSIDE = ("relay", "public_address", "receive_returns")


@dataclass(frozen=True)
class Copy(Stack):
    """State of the copy, beside the source's; its site is within, and goes with it."""

    @property
    def site_directory(self) -> Path:
        """Never in `stacks/`: it is nobody's site."""
        return self.directory / "site"


def copy_of(source: Stack) -> Copy:
    """The copy's stack. Two drills of one source are the same copy."""
    return Copy(source.name[: _NAME_MAX - len(_ENDING)] + _ENDING)


def begin(copy: Copy, source: Stack) -> Site:
    """Give the copy its state and the source's own folder, until the backup's is read."""
    copy.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (copy.directory / "ssh", copy.log_directory):
        folder.mkdir(mode=0o700, exist_ok=True)
    _private(copy.directory / "passphrase", source.passphrase_file.read_bytes())
    _private(copy.secrets_file, source.secrets_file.read_bytes())
    shutil.rmtree(copy.site_directory, ignore_errors=True)
    shutil.copytree(source.site_directory, copy.site_directory)
    return _turned(copy)


def take(copy: Copy, archive: Path, expected: Site) -> Site:
    """Make the copy of what the backup holds: the site's folder and its secrets.

    Raises:
        OperatorError: the archive is not whole, or is that of another site than the source is today.
    """
    opened = copy.directory / "sauvegarde"
    shutil.rmtree(opened, ignore_errors=True)
    try:
        with tarfile.open(archive) as content:
            _extract(content, opened)
    except (OSError, EOFError, tarfile.TarError) as error:
        raise OperatorError(f"Le dossier du site qui est sauvegardé ne s'ouvre pas ({error}).") from error
    if not (opened / "site" / "site.yaml").exists() or not (opened / "etat" / "secrets.yml").exists():
        raise OperatorError(
            "Ce qui est sauvegardé du site n'a pas son site.yaml et ses secrets : lancez « gru backup now »."
        )
    _private(copy.secrets_file, (opened / "etat" / "secrets.yml").read_bytes())
    shutil.rmtree(copy.site_directory)
    (opened / "site").rename(copy.site_directory)
    shutil.rmtree(opened)
    site = _turned(copy)
    if site.public_names() != expected.public_names() or site.hosts != expected.hosts:
        raise OperatorError(
            "site.yaml n'est plus celui qui a été sauvegardé : les noms publics ou les fonctions ont changé."
            " Lancez « gru up », puis recommencez."
        )
    return site


def _turned(copy: Copy) -> Site:
    """Write the copy's site.yaml from the source's. Raises SiteError."""
    content: dict[str, Any] = yaml.safe_load(copy.site_file.read_text(encoding="utf-8"))
    copy.site_file.write_text(yaml.safe_dump(turned(content, copy.name), allow_unicode=True), encoding="utf-8")
    return load_site(copy.site_file)


def _extract(content: tarfile.TarFile, into: Path) -> None:
    """The site's folder and its secrets, nothing else and nowhere else. Raises TarError."""
    for entry in content:
        place = into / entry.name
        if ".." in place.parts or entry.name.startswith("/"):
            raise tarfile.TarError(f"entrée « {entry.name} »")
        if entry.isfile() and (entry.name.startswith("site/") or entry.name == "etat/secrets.yml"):
            place.parent.mkdir(parents=True, exist_ok=True)
            stream = content.extractfile(entry)
            place.write_bytes(stream.read() if stream else b"")


def removable(copy: Copy) -> Site:
    """Enough of its site to take its hosts away, whatever was written of it."""
    target: AnyTarget = TypeAdapter(AnyTarget).validate_python(copies().settings(copy.name))
    return Site.model_construct(target=target)


def turned(content: dict[str, Any], name: str) -> dict[str, Any]:
    """The same town on one container that sends nothing anywhere: no mail, no backup, no certificate asked for."""
    carried = {function for host in content["hosts"].values() for function in host["functions"]}
    functions = [function.value for function in Function if function.value in carried - {Function.BACKUP_REPOSITORY}]
    mail = {key: value for key, value in content["mail"].items() if key not in _SPEAKS_OUTSIDE}
    return {key: value for key, value in content.items() if key not in _LEFT_OUT} | {
        "target": copies().settings(name),
        "hosts": {HOST: {"functions": functions}},
        "mail": mail | {"sink": True},
        # It must reach the source's store, which its own site no longer names; then it is cut off whole.
        "firewall": {"enabled": False},
    }


def _private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
