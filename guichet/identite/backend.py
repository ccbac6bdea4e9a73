"""Authentication back end of the agents' site: accounts are opened by the identity provider only."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest


class AnnuaireBackend(ModelBackend):
    """Permissions as Django's; no password is ever checked here."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> None:
        """Never: passwords are the identity provider's business."""
