"""Django app of the outbox; the kinds of messages of the other apps are read from their ``courriels`` modules."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EnvoisConfig(AppConfig):
    """The outbox."""

    name = "socle.envois"
    label = "envois"
    verbose_name = "Envois"

    def ready(self) -> None:
        """Each app declares its kinds in its own ``courriels`` module, for every channel."""
        autodiscover_modules("courriels")
