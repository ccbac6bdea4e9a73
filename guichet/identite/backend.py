"""Authentication back end of the agents' site: accounts are opened by the identity provider only."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from socle.postgresql.lecture import LectureFixe


class AnnuaireBackend(ModelBackend):
    """Permissions as Django's; no password is ever checked here."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> None:
        """Never: passwords are the identity provider's business."""

    def get_user(self, user_id: Any) -> Any:
        """The account of a session, while it is active; each page asks."""
        compte = _COMPTE.une(user_id)
        return compte if compte is not None and self.user_can_authenticate(compte) else None


_COMPTE = LectureFixe(lambda cle: get_user_model()._default_manager.filter(pk=cle), "cle")
