"""Sessions of the residents' site, in a table of their own."""

from django.contrib.sessions.base_session import AbstractBaseSession


class SessionUsager(AbstractBaseSession):
    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session d'usager"
        verbose_name_plural = "sessions d'usagers"

    @classmethod
    def get_session_store_class(cls) -> type:
        from guichet.portail.sessions import SessionStore

        return SessionStore
