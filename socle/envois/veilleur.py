"""What a site without a worker does by itself, minute after minute: no scheduler to install, no page to visit."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from django.db import close_old_connections, connections

journal = logging.getLogger(__name__)

PAS = 60.0  # seconds


class Veilleur:
    """One thread a process. Two processes that wake up together send one message: the row is held."""

    def __init__(self, travaux: Sequence[Callable[[], object]], pas: float = PAS) -> None:
        self._travaux, self._pas = travaux, pas
        self._verrou = threading.Lock()
        self._fil: threading.Thread | None = None
        self._fini = threading.Event()

    def demarrer(self) -> None:
        """Start it in this process, after the fork; asked twice, there is one."""
        with self._verrou:
            if self._fil is not None and self._fil.is_alive():
                return
            self._fini.clear()
            self._fil = threading.Thread(target=self._veiller, name="veilleur", daemon=True)
            self._fil.start()

    def arreter(self) -> None:
        """End it, what is under way being finished."""
        self._fini.set()
        if self._fil is not None:
            self._fil.join()

    def _veiller(self) -> None:
        while not self._fini.wait(self._pas):
            for travail in self._travaux:
                close_old_connections()
                try:
                    travail()
                except Exception:
                    journal.exception("un travail du veilleur n'a pas abouti ; nouvel essai dans une minute")
            connections.close_all()  # this thread's own
