"""Connections to the mail server, kept between messages: TLS and the reading of 150 authorities cost more than a mail.

A connection serves one message at a time; `REPOS` seconds after its last another is made, long before the server would
close it, and reads the authorities that the host trusts by then. It is asked whether it still answers before a message
is given to it, never after: a message is handed over once.
"""

from __future__ import annotations

import smtplib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.mail import get_connection

REPOS = 60.0
"""Seconds; Postfix gives 300, less when it has no room left."""
GARDEES = 4
"""Connections that wait, at most."""
REGLAGES = ("EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD")

_libres: deque[tuple[tuple[Any, ...], float, Any]] = deque()
_verrou = Lock()


@contextmanager
def connexion() -> Iterator[Any]:
    """An open connection, for one message; kept for the next where it served without an error.

    Raises what opening raises (OSError, SMTPException), before anything was sent.
    """
    serveur = tuple(getattr(settings, nom) for nom in REGLAGES)
    poste = _prendre(serveur) or get_connection()
    poste.open()
    try:
        yield poste
    except BaseException:
        fermer(poste)
        raise
    with _verrou:
        _libres.append((serveur, monotonic(), poste))
        en_trop = [_libres.popleft()[2] for _ in range(len(_libres) - GARDEES)]
    for ancien in en_trop:
        fermer(ancien)


def _prendre(serveur: tuple[Any, ...]) -> Any:
    """The connection that served last, if it still answers; those that do not are closed."""
    while True:
        with _verrou:
            if not _libres:
                return None
            pour, depuis, poste = _libres.pop()
        if pour == serveur and monotonic() - depuis <= REPOS and _repond(poste):
            return poste
        fermer(poste)


def _repond(poste: Any) -> bool:
    prise = getattr(poste, "connection", None)
    if prise is None:
        return True  # nothing that can be lost: the mails of a test
    try:
        return bool(prise.noop()[0] == 250)
    except (OSError, smtplib.SMTPException):
        return False


def fermer(poste: Any) -> None:
    """Close a connection, whatever state it is in."""
    with suppress(OSError, smtplib.SMTPException):
        poste.close()


def oublier() -> None:
    """Close what waits."""
    while _libres:
        fermer(_libres.pop()[2])
