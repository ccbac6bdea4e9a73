"""Session engine of the agents' site: Django's, over its own table."""

from django.contrib.sessions.backends.db import SessionStore as DbSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession


class SessionStore(DbSessionStore):
    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        from guichet.instruction.models import SessionAgent

        return SessionAgent
