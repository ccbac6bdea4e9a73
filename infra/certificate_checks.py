"""What the site says of the certificate that browsers are shown, checked before anything is touched."""

from __future__ import annotations

import datetime
import stat
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from infra.certificate_files import Unreadable, problems, read_certificates, read_files, soon_over
from infra.model import Site
from infra.model.certificate import LETS_ENCRYPT, AcmeCertificate, FilesCertificate
from infra.model.words import reserved_domain
from infra.state import Stack


def certificate_problems(stack: Stack, site: Site) -> Iterable[str]:
    """Why the site's certificate cannot be served or obtained, one French sentence a problem."""
    certificate = site.certificate
    if isinstance(certificate, FilesCertificate):
        yield from _of_files(stack, site, certificate)
    elif isinstance(certificate, AcmeCertificate):
        yield from _of_acme(stack, site, certificate)


def certificate_doubts(stack: Stack, site: Site) -> Iterable[str]:
    """What holds today and will not for long, or should not be so."""
    certificate = site.certificate
    if not isinstance(certificate, FilesCertificate):
        return
    yield from soon_over(read_files(*_paths(stack, certificate)), datetime.datetime.now(datetime.UTC))
    key = _path(stack, certificate.key)
    if key.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield f"{key} se lit par d'autres que vous. Fermez-le : « chmod 600 {key.name} »"


def _of_files(stack: Stack, site: Site, certificate: FilesCertificate) -> Iterator[str]:
    key = _path(stack, certificate.key)
    if _in_git(key):
        yield (
            f"{key} est dans Git : qui lit le dépôt peut se faire passer pour la commune. Retirez-la de l'historique,"
            " faites révoquer et refaire le certificat, puis ajoutez la nouvelle clé à .gitignore"
        )
    try:
        files = read_files(*_paths(stack, certificate))
    except Unreadable as error:
        yield f"certificate : {error}"
        return
    for problem in problems(files, site.served_names(), datetime.datetime.now(datetime.UTC)):
        yield f"certificate : {problem}"


def _of_acme(stack: Stack, site: Site, certificate: AcmeCertificate) -> Iterator[str]:
    if certificate.ca_file:
        try:
            read_certificates(_path(stack, certificate.ca_file))
        except Unreadable as error:
            yield f"certificate.ca_file : {error}"
    unknown = [name for name in site.served_names() if reserved_domain(name)]
    if certificate.directory == LETS_ENCRYPT and unknown:
        yield (
            f"certificate : aucune autorité publique ne certifie {', '.join(unknown)}, qui n'existe pas sur internet."
            " Donnez un vrai domaine, l'autorité de la commune (directory, ca_file), ou « kind: local »"
        )


def _paths(stack: Stack, certificate: FilesCertificate) -> tuple[Path, Path, Path | None]:
    ca_file = _path(stack, certificate.ca_file) if certificate.ca_file else None
    return _path(stack, certificate.certificate), _path(stack, certificate.key), ca_file


def _path(stack: Stack, name: str) -> Path:
    """A file of the site, by its name in site.yaml."""
    return stack.site_directory / name


def _in_git(path: Path) -> bool:
    """Whether Git follows a file; not where there is no Git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--error-unmatch", path.name], cwd=path.parent, capture_output=True, check=False
        )
    except OSError:
        return False
    return listed.returncode == 0
