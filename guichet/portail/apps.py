from django.apps import AppConfig


class PortailConfig(AppConfig):
    """The residents' pages."""

    name = "guichet.portail"
    label = "portail"
    verbose_name = "Portail"

    def ready(self) -> None:
        """Let sessions that ended go each night."""
        from functools import partial

        from guichet.arriere_plan.entretien import MENAGES, oublier_sessions
        from guichet.portail.models import SessionUsager

        MENAGES.append(partial(oublier_sessions, SessionUsager._meta.db_table))
