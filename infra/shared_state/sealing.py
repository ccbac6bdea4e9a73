"""The whole state of a site as one sealed bundle: nothing leaves the machine that the passphrase does not close.

A bundle is a line of JSON that anyone may read (which generation, who, when), then a compressed archive closed by
AES-GCM with a key drawn from the passphrase by scrypt. The line is part of what is authenticated: a store cannot pass
one generation for another.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from infra.shared_state.store import StoreError
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack

FORMAT = 1
SCRYPT_COST = 2**15
"""RFC 7914's N: some 0.1 s and 32 MiB for each passphrase that someone tries."""
_COST_MAX = 2**20
"""What is read of a store is not believed beyond 1 GiB."""
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700

MACHINE_ONLY = (
    "backup-key-told",
    "lock",
    "logs",
    "passphrase",
    "partage.json",
    "pulumi/accueil",
    "pulumi/journal.log",
    "pulumi/projet/Pulumi.yaml",
    "pulumi/verrou",
    "charge",
    "charge-comptes.json",
    "tests-second-factors.json",
)
"""What stays on the machine: the passphrase, logs, locks of its kernel, Pulumi's own home, measures of load."""
_PASSING = (".new", "-result.json", ".gru", ".old")
"""Ends of the names of files that only pass."""
_WITH_PATHS = ("inventory.json",)
"""Files that name folders of the machine that wrote them."""


class WrongPassphrase(OperatorError):
    """The passphrase does not open the bundle, or the bundle was altered."""


@dataclass(frozen=True, slots=True)
class Label:
    """What anyone may read of a generation. `at` is ISO 8601, UTC; `partial` when its command was still at work."""

    stack: str
    number: int
    session: str
    who: str
    command: str
    at: str
    partial: bool = False
    format: int = FORMAT
    salt: str = ""
    cost: int = 0

    def line(self) -> bytes:
        """As it is written, and authenticated."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode() + b"\n"


def shared_files(directory: Path) -> list[Path]:
    """Files of a state directory that every operator needs, as paths within it, in order."""
    found = []
    for folder, folders, names in os.walk(directory):
        here = Path(folder).relative_to(directory)
        folders[:] = sorted(name for name in folders if (here / name).as_posix() not in MACHINE_ONLY)
        for name in sorted(names):
            path = here / name
            if path.as_posix() not in MACHINE_ONLY and not name.endswith(_PASSING):
                found.append(path)
    return sorted(found)


def pack(stack: Stack) -> bytes:
    """The archive of what is shared; equal files give equal bytes. A file that goes meanwhile is left out."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in shared_files(stack.directory):
            try:
                content = (stack.directory / path).read_bytes()
            except FileNotFoundError:
                continue
            if path.name in _WITH_PATHS:
                for word, place in _machine_paths(stack):
                    content = content.replace(place, word)
            entry = tarfile.TarInfo(path.as_posix())
            entry.size, entry.mode = len(content), PRIVATE_FILE
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def unpack(archive: bytes, stack: Stack) -> None:
    """Make a stack's shared files those of the archive, each replaced whole; the machine's own are left alone."""
    wanted = set()
    for path, packed in files_of(archive):
        wanted.add(path)
        content = packed
        for word, place in _machine_paths(stack) if path.name in _WITH_PATHS else []:
            content = content.replace(word, place)
        _replace(stack.directory, path, content)
    for path in shared_files(stack.directory):
        if path not in wanted:
            (stack.directory / path).unlink(missing_ok=True)


def extract(archive: bytes, folder: Path) -> None:
    """Write an archive's files into a folder, to look at them."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    for path, content in files_of(archive):
        _replace(folder, path, content)


def files_of(archive: bytes) -> Iterator[tuple[Path, bytes]]:
    """Paths and contents. Raises OperatorError for an entry that would be written elsewhere."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        for entry in opened:
            path = Path(entry.name)
            stream = opened.extractfile(entry)
            if stream is None or not entry.isfile() or path.is_absolute() or ".." in path.parts:
                raise OperatorError(f"L'état partagé contient un fichier inattendu : {entry.name}.")
            yield path, stream.read()


def _machine_paths(stack: Stack) -> list[tuple[bytes, bytes]]:
    """Words that stand for this machine's folders in a shared file; the deepest folders first."""
    places = {
        b"{gru:state}": stack.directory,
        b"{gru:site}": stack.site_directory,
        b"{gru:source}": SOURCE_DIRECTORY,
        b"{gru:home}": Path.home(),
    }
    deepest_first = sorted(places.items(), key=lambda item: len(str(item[1])), reverse=True)
    return [(word, str(place).encode()) for word, place in deepest_first]


def _replace(directory: Path, path: Path, content: bytes) -> None:
    target = directory / path
    if target.is_file() and target.read_bytes() == content:
        return
    for folder in reversed(path.parents):
        (directory / folder).mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    temporary = target.with_name(target.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    temporary.replace(target)


def seal(archive: bytes, label: Label, passphrase: bytes) -> bytes:
    """Close an archive."""
    salt = os.urandom(16)
    line = replace(label, salt=b64encode(salt).decode(), cost=SCRYPT_COST).line()
    nonce = os.urandom(12)
    key = _key(passphrase, salt, SCRYPT_COST)
    return line + nonce + AESGCM(key).encrypt(nonce, gzip.compress(archive, mtime=0), line)


def read_label(sealed: bytes) -> Label:
    """What the first line says. Raises StoreError where this program did not write it."""
    try:
        label = Label(**json.loads(sealed.partition(b"\n")[0]))
    except (ValueError, TypeError) as error:
        raise StoreError(
            "L'état partagé n'est pas lisible : une autre version de gru l'a écrit, ou le fichier est abîmé. Utilisez"
            " la version qui l'a écrit ; « gru state history » montre les passages précédents."
        ) from error
    if label.format != FORMAT:
        raise StoreError(f"L'état partagé est au format {label.format}, ce programme attend le {FORMAT}.")
    return label


def unseal(sealed: bytes, passphrase: bytes) -> bytes:
    """Open a bundle. Raises WrongPassphrase."""
    label = read_label(sealed)
    line, _, rest = sealed.partition(b"\n")
    key = _key(passphrase, b64decode(label.salt), min(label.cost, _COST_MAX))
    try:
        plain = AESGCM(key).decrypt(rest[:12], rest[12:], line + b"\n")
    except InvalidTag as error:
        raise WrongPassphrase(
            "La phrase secrète n'ouvre pas l'état partagé de ce site. Donnez celle que les autres personnes utilisent"
            " (GRU_PASSPHRASE_FILE, GRU_PASSPHRASE_COMMAND ou GRU_PASSPHRASE). Rien n'a été touché."
        ) from error
    return gzip.decompress(plain)


@lru_cache(maxsize=32)
def _key(passphrase: bytes, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase)
