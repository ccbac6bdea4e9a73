"""The outbox before a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.smtp import MailServer, mail_server


@pytest.fixture
def serveur(settings: Any) -> Iterator[MailServer]:
    with mail_server() as serveur:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", serveur.port, False
        yield serveur
