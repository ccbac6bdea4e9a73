"""What a set holds, said so that two hosts can be compared: counts and checksums, never contents.

The database's is that of one moment; each entry of the directory and each file has its own, with when it last changed.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gru_backup.places import APART
from gru_backup.quiet import Session

Dated = dict[str, tuple[str, int]]
"""By name: a checksum, and when it last changed (seconds)."""

_TABLES = (
    "select format('%I.%I', schemaname, tablename) from pg_tables t join pg_class c"
    " on c.oid = format('%I.%I', schemaname, tablename)::regclass"
    " where schemaname not in ('pg_catalog', 'information_schema') and c.relpersistence = 'p' order by 1"
)
_OPERATIONAL = frozenset(
    ["entrycsn", "modifytimestamp", "modifiersname", "contextcsn", "authtimestamp", "structuralobjectclass"]
)
"""What the directory writes of itself, that is no change of a person."""


def databases(session: Session) -> list[str]:
    """Databases of the cluster that hold something of ours."""
    return session.ask(
        "select datname from pg_database where datallowconn and datname not in ('postgres', 'template1')"
    )


def of_database(sessions: Mapping[str, Session], samples: Mapping[str, str]) -> dict[str, Any]:
    """Rows and checksum of each table; `samples` are queries, by database, that name things and give their checksum.

    Checksums do not depend on the order of rows.
    """
    tables: dict[str, list[str]] = {}
    sampled: dict[str, str] = {}
    for name, session in sessions.items():
        for table in session.ask(_TABLES):
            query = f"select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from {table} t"  # noqa: S608 - names are the catalogue's, quoted
            tables[f"{name}.{table}"] = session.ask(query)[0].split("|")
        if name in samples:
            sampled |= dict(line.split("|", 1) for line in session.ask(samples[name]))
    return {"tables": tables, "samples": sampled}


def of_directory(ldif: bytes) -> Dated:
    """Each entry of an LDIF (RFC 2849), by its name."""
    found: Dated = {}
    for block in ldif.decode("utf-8", "replace").replace("\n ", "").split("\n\n"):
        values = sorted(_values(block))
        name = next((value for key, value in values if key == "dn"), "")
        if not name:
            continue
        stamp = next((value for key, value in values if key == "modifytimestamp"), "19700101000000Z")
        kept = [f"{key}: {value}" for key, value in values if key not in _OPERATIONAL and not _of_password_policy(key)]
        changed = int(datetime.strptime(stamp[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp())
        found[name] = (_digest("\n".join(kept).encode()), changed)
    return found


def _values(block: str) -> Iterator[tuple[str, str]]:
    for line in block.splitlines():
        if line.startswith("#") or ":" not in line:
            continue
        key, _, value = line.partition(":")
        if value.startswith(":"):
            value = base64.b64decode(value[1:]).decode("utf-8", "replace")
        yield key.lower(), value.strip()


def _of_password_policy(key: str) -> bool:
    """Failures and lockings, which signing in writes without a date."""
    return key.startswith("pwd")


def of_files(path: Path) -> Dated:
    """Each file of a folder, by its path inside; links by where they lead."""
    found: Dated = {}
    for folder, names, files in os.walk(path):
        if Path(folder) == path:
            names[:] = [name for name in names if name not in APART]
        for name in files:
            file = Path(folder) / name
            status = file.lstat()
            content = os.readlink(file).encode() if file.is_symlink() else None
            digest = _digest(content) if content is not None else _digest_of(file)
            found[str(file.relative_to(path))] = (digest, int(max(status.st_mtime, status.st_ctime)))
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _digest_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:32]
