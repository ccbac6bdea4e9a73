"""Connections of a site: statements prepared once, and no question before each page.

Django asks `SELECT 1` before the first statement of each request. A server that stops, restarts or ends a connection
says so on its socket: nothing to read there means that nothing was said, and the question is asked only otherwise. A
server that vanishes without a word leaves both waiting alike.

While the role's password changes, the site knows both: whichever the server takes opens the connection.
"""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from django.utils.asyncio import async_unsafe
from psycopg import OperationalError


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of one thread."""

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection; by the other password (`AUTRE_PASSWORD`) where the first is refused and there is one."""
        try:
            return super().get_new_connection(conn_params)
        except OperationalError:
            autre = self.settings_dict.get("AUTRE_PASSWORD", "")
            if not autre:
                raise
            # A refused password has no code of its own before the session begins: whatever it was, one more try tells.
            try:
                return super().get_new_connection({**conn_params, "password": autre})
            except OperationalError:
                pass
            raise

    def is_usable(self) -> bool:
        """Whether the server is still there; asked only if it has said something."""
        prise: Any = self.connection
        if prise is None or prise.closed:
            return False
        ecoute = select.poll()
        ecoute.register(prise.fileno(), select.POLLIN | select.POLLPRI)
        return bool(super().is_usable()) if ecoute.poll(0) else True

    @async_unsafe
    def close_if_unusable_or_obsolete(self) -> None:
        """Begin again after any error that is not of the data: a statement prepared before a column changed its type
        would be refused for as long as its connection lives."""
        if self.connection is not None and not self.in_atomic_block and self.errors_occurred:
            self.close()
            return
        super().close_if_unusable_or_obsolete()
