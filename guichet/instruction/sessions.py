"""Session engine of the agents' site: Django's, over its own table."""

from django.contrib.sessions.base_session import AbstractBaseSession

from socle.postgresql.sessions import Sessions


class SessionStore(Sessions):
    """Sessions kept in SessionAgent."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """Django's hook: the table of these sessions."""
        from guichet.instruction.models import SessionAgent

        return SessionAgent
