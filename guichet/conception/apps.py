"""The editors' workshop for procedures and workflows, at /redaction/ of the agents' site."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConceptionConfig(AppConfig):
    """The editors' workshop."""

    name = "guichet.conception"
    label = "conception"
    verbose_name = "Conception des démarches"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Groups of editors are made after each migration."""
        post_migrate.connect(_creer_les_groupes, sender=self)


def _creer_les_groupes(sender: AppConfig, **_options: Any) -> None:
    """The agents' site may not make groups: the owner of the schema does, once the tables are there."""
    from guichet.conception.droits import creer_les_groupes

    creer_les_groupes(sender)
