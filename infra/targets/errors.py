"""What a target says when it cannot do its work."""

from __future__ import annotations

from infra.state import OperatorError


class TargetError(OperatorError):
    """A failure told to the operator, in French, with what to do. Never holds a secret."""
