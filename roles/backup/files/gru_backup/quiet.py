"""A whole second at which nothing was being written: what is read then is what a restoration to that second gives.

A snapshot taken at any moment is not a moment of the journals: a transaction may have written its end and not be seen
yet. So a second is sought such that what is seen is the same just before and just after it begins, and nobody writes
in between: what ended did so before that second, what follows ends after it. Nobody is made to wait.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gru_backup.words import Refused, in_words

TRIES = 300
"""Seconds that are tried, one after the other."""
MARGIN = 0.02
"""Seconds before and after the beginning of a second."""
_WRITERS = "select count(*) from pg_stat_activity where backend_xid is not null"
_SETTINGS = "set timezone = 'UTC'; set idle_in_transaction_session_timeout = 0; set statement_timeout = 0; "


class Session:
    """A session of psql on one database of this host, as its superuser; one query, one answer of one value a line."""

    def __init__(self, database: str) -> None:
        words = ["psql", "-U", "postgres", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database]
        pipe = subprocess.PIPE
        self._psql = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True)
        self.ask(_SETTINGS)

    def __enter__(self) -> Session:
        """For `with`."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave."""
        self.close()

    def close(self) -> None:
        """What was begun is undone."""
        self._psql.kill()
        self._psql.wait()

    def ask(self, query: str) -> list[str]:
        """Lines of the answer. Raises Refused with what psql complains of."""
        if self._psql.stdin is None or self._psql.stdout is None:
            raise Refused("psql n'a pas démarré")
        try:
            self._psql.stdin.write(f"{query};\n\\echo =fin=\n")
            self._psql.stdin.flush()
        except BrokenPipeError as error:
            raise Refused("psql s'est arrêté") from error
        lines: list[str] = []
        for line in self._psql.stdout:
            if line == "=fin=\n":
                return lines
            lines.append(line.rstrip("\n"))
        complaint = next((line for line in lines if "ERROR" in line or "FATAL" in line), "psql s'est arrêté")
        raise Refused(f"PostgreSQL : {in_words(complaint)}")


@contextmanager
def quiet_second(databases: Sequence[str]) -> Iterator[tuple[int, str, dict[str, Session]]]:
    """Sessions that see each database as it was at a whole second, given with the name of its journal.

    Raises:
        Refused: something was being written at each second of five minutes.
    """
    sessions = {name: Session(name) for name in databases}
    with Session("postgres") as watch:
        try:
            for _ in range(TRIES):
                second = int(time.time() + MARGIN) + 1
                time.sleep(max(0.0, second - MARGIN - time.time()))
                before = _snapshot(watch)
                time.sleep(max(0.0, second + MARGIN / 2 - time.time()))
                # A writer that has not ended is listed in a snapshot only where one that began later has.
                idle = watch.ask(_WRITERS) == ["0"] and time.time() >= second
                after = [_begin(session) for session in sessions.values()]
                if idle and all(one == before for one in after):
                    journal = watch.ask("select pg_walfile_name(pg_current_wal_lsn())")[0]
                    yield second, journal, sessions
                    return
                for session in sessions.values():
                    session.ask("rollback")
            raise Refused("la base a écrit sans relâche pendant cinq minutes : recommencez à une heure plus calme")
        finally:
            for session in sessions.values():
                session.close()


def _snapshot(session: Session) -> str:
    return session.ask("select pg_current_snapshot()")[0]


def _begin(session: Session) -> str:
    session.ask("begin isolation level repeatable read read only")
    return _snapshot(session)
