from django.apps import AppConfig


class InstructionConfig(AppConfig):
    """The agents' pages."""

    name = "guichet.instruction"
    label = "instruction"
    verbose_name = "Instruction"

    def ready(self) -> None:
        """Let sessions that ended go each night."""
        from functools import partial

        from guichet.arriere_plan.entretien import MENAGES, oublier_sessions
        from guichet.instruction.models import SessionAgent

        MENAGES.append(partial(oublier_sessions, SessionAgent._meta.db_table))
