"""Residents who file requests while something breaks: what they were told is what is judged."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import requests

from tests.breakdowns.platform import Platform, wait_for
from tests.filing import file_a_request
from tests.upgrade import PROCEDURE, Wrong, visitor

PEOPLE = 2
REQUESTS_A_SECOND = 5.0
"""Of all of them: pages asked for, at most."""


@dataclass
class Residents:
    """People who file one request after another. `told`: the number each was given, and when (seconds since 1970)."""

    platform: Platform
    told: dict[str, float] = field(default_factory=dict)
    refused: int = 0
    """Requests that somebody could not file to the end, and was told so."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def filing(self) -> Iterator[None]:
        """File while the block lasts."""
        people = [threading.Thread(target=self._go_on, daemon=True) for _ in range(PEOPLE)]
        for person in people:
            person.start()
        try:
            yield
        finally:
            self._stop.set()
            for person in people:
                person.join()

    def wait_for_more(self, number: int) -> float:
        """Seconds until so many more were told their number. Raises Wrong when that takes too long."""
        wanted = len(self.told) + number
        return wait_for(f"{number} demandes déposées", lambda: len(self.told) >= wanted)

    def lost(self, until: float | None = None) -> list[str]:
        """Numbers told (until a moment) that the database does not hold."""
        held = self.platform.filed()
        return [one for one, when in self.told.items() if one not in held and (until is None or when <= until)]

    def judge(self, until: float | None = None) -> None:
        """Raises Wrong when what was acknowledged (until a moment) is lost."""
        lost = self.lost(until)
        print(f"{len(self.told)} demandes acquittées, {self.refused} refusées ; {len(lost)} perdues", flush=True)
        if lost:
            raise Wrong(f"demandes acquittées et perdues : {lost[:5]}")
        if not self.told:
            raise Wrong("personne n'a pu déposer : rien n'est prouvé")

    def _go_on(self) -> None:
        procedure = PROCEDURE.strip("/").rpartition("/")[2]
        while not self._stop.is_set():
            with visitor(self.platform.authority) as http:
                http.hooks["response"].append(self._at_its_pace)
                try:
                    reference = file_a_request(http, self.platform.portal, procedure, next(self._numbers))
                    self.told[reference] = time.time()
                except (requests.RequestException, AssertionError) as refusal:
                    self.refused += 1
                    print(f"{time.strftime('%H:%M:%S')} refus : {str(refusal)[:160]}", flush=True)
                    self._stop.wait(2)

    def _at_its_pace(self, *_: object, **__: object) -> None:
        self._stop.wait(PEOPLE / REQUESTS_A_SECOND)
