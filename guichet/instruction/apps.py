from django.apps import AppConfig


class InstructionConfig(AppConfig):
    """The agents' pages."""

    name = "guichet.instruction"
    label = "instruction"
    verbose_name = "Instruction"
