"""Sessions kept in a table, as Django's, read with a statement that is written once a process (lecture.py)."""

from __future__ import annotations

from functools import cache

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from socle.postgresql.lecture import LectureFixe


class Sessions(SessionStore):
    """Django's engine; a site says its table (`get_model_class`)."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        session = _en_cours(self.model).une(self.session_key, timezone.now())
        if session is None:
            self._session_key = None
        return session


@cache
def _en_cours(table: type[AbstractBaseSession]) -> LectureFixe[AbstractBaseSession]:
    return LectureFixe(
        lambda cle, maintenant: table._default_manager.filter(session_key=cle, expire_date__gt=maintenant),
        "cle",
        "maintenant",
    )
