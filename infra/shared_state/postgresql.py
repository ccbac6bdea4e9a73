"""A store in one table of a PostgreSQL, which also keeps other sites'."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any, LiteralString

import psycopg
from psycopg import errors
from psycopg.conninfo import make_conninfo

from infra.model.state_location import PostgresqlState
from infra.shared_state.store import StoreError, StoreSilent

_TABLE = """
create table if not exists gru_state (
    key text primary key,
    content bytea not null,
    written_at timestamptz not null default clock_timestamp()
)
"""
_CREATE = "insert into gru_state (key, content) values (%s, %s) on conflict (key) do nothing"
_WRITE = """
insert into gru_state (key, content) values (%s, %s)
on conflict (key) do update set content = excluded.content, written_at = clock_timestamp()
"""
_AGES = (
    "select key, extract(epoch from clock_timestamp() - written_at)::float from gru_state where starts_with(key, %s)"
)

_ON_THIS_MACHINE = ("/", "localhost", "127.", "::1")

_REFUSALS = {
    "no password supplied": "aucun mot de passe. Donnez PGPASSWORD, ou écrivez-le dans ~/.pgpass (ou PGPASSFILE)",
    "password authentication failed": "le mot de passe de « {user} » n'est pas le bon (PGPASSWORD, ~/.pgpass)",
    "does not exist": "la base « {database} » ou le rôle « {user} » n'existe pas. Créez-les, ou corrigez site.yaml",
    "no pg_hba.conf entry": "le serveur n'ouvre pas cette base à « {user} » depuis cette machine (pg_hba.conf)",
    "certificate verify failed": (
        "le certificat du serveur n'est pas signé par une autorité connue de cette machine. Donnez la sienne"
        " (state.ca_file)"
    ),
    "server certificate for": "le certificat du serveur n'est pas à ce nom. Corrigez state.host",
    "server does not support SSL": "le serveur ne chiffre pas les échanges. Activez TLS (ssl = on) chez lui",
}


class PostgresqlStore:
    """Rows ``stack/key`` of the table `gru_state`."""

    def __init__(self, location: PostgresqlState, stack: str) -> None:
        """Nothing is asked of the server yet. Raises StoreError where the file of authorities is missing."""
        self.words = location.words()
        self._location = location
        self._root = f"{stack}/"
        self._connection: psycopg.Connection[Any] | None = None
        self._one_at_a_time = Lock()
        if location.ca_file and not Path(location.ca_file).is_file():
            raise StoreError(f"Autorité introuvable (state.ca_file) : {location.ca_file}.")

    def read(self, key: str) -> bytes | None:
        """See `Store`."""
        rows = self._run("select content from gru_state where key = %s", (self._root + key,))
        return bytes(rows[0][0]) if rows else None

    def create(self, key: str, content: bytes) -> bool:
        """See `Store`."""
        return self._run(_CREATE + " returning key", (self._root + key, content)) != []

    def write(self, key: str, content: bytes) -> None:
        """See `Store`."""
        self._run(_WRITE, (self._root + key, content))

    def remove(self, key: str) -> None:
        """See `Store`."""
        self._run("delete from gru_state where key = %s", (self._root + key,))

    def ages(self, prefix: str) -> dict[str, float]:
        """See `Store`."""
        rows = self._run(_AGES, (self._root + prefix,))
        return {str(key).removeprefix(self._root): max(0.0, age) for key, age in rows}

    def _run(self, query: LiteralString, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """Each request is a transaction of its own; a connection that was lost is opened again, once."""
        with self._one_at_a_time:
            for last in (False, True):
                try:
                    cursor = self._connected().execute(query, values)
                    return cursor.fetchall() if cursor.description else []
                except psycopg.OperationalError as error:
                    first_time, self._connection = self._connection is None, None
                    if last or first_time:
                        raise self._in_words(error) from error
                except psycopg.Error as error:
                    raise self._in_words(error) from error
        raise AssertionError

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            connection = psycopg.connect(self._address(), autocommit=True)
            try:
                connection.execute(_TABLE)
            except errors.UniqueViolation:
                pass  # another machine made it at this very moment
            except errors.InsufficientPrivilege:
                # Someone else made the table: what matters is to read and write in it.
                connection.execute("select 1 from gru_state limit 0")
            self._connection = connection
        return self._connection

    def _address(self) -> str:
        return make_conninfo(
            host=self._location.host,
            port=self._location.port,
            dbname=self._location.database,
            user=self._location.user,
            connect_timeout=5,
            options="-c statement_timeout=20000",
            application_name="gru",
            tcp_user_timeout=20000,
            **self._encryption(),
        )

    def _encryption(self) -> dict[str, str]:
        """Always TLS with a name that was checked, except on this very machine."""
        if self._location.ca_file:
            return {"sslmode": "verify-full", "sslrootcert": self._location.ca_file}
        if self._location.host.startswith(_ON_THIS_MACHINE):
            return {"sslmode": "prefer"}
        return {"sslmode": "verify-full", "sslrootcert": "system"}

    def _in_words(self, error: psycopg.Error) -> StoreError:
        where, said = f"État partagé ({self.words})", " ".join(str(error).split())
        if isinstance(error, errors.InsufficientPrivilege | errors.UndefinedTable):
            return StoreError(
                f"{where} : « {self._location.user} » n'a pas le droit de créer la table gru_state, d'y lire ou d'y"
                " écrire. Donnez-lui les droits sur son schéma."
            )
        if isinstance(error, errors.DiskFull):
            return StoreSilent(f"{where} : le serveur n'a plus de place. Libérez-en, puis recommencez.")
        for sign, sentence in _REFUSALS.items():
            if sign in said:
                return StoreError(f"{where} : {sentence.format(**self._location.model_dump())}.")
        if isinstance(error, psycopg.OperationalError):
            return StoreSilent(
                f"{where} : le serveur ne répond pas ({said[:160]}). Vérifiez state.host et le réseau, puis"
                " recommencez."
            )
        return StoreError(f"{where} : le serveur répond « {said[:200]} ».")
