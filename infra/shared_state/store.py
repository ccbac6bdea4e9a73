"""What a store must do to keep a site's state. Five operations, so that a lock and a history can be written once."""

from __future__ import annotations

from typing import Protocol

from infra.state import OperatorError


class StoreError(OperatorError):
    """The store refuses: wrong credentials, no bucket, no right. Trying again changes nothing."""


class StoreSilent(StoreError):
    """The store does not answer, or fails. What was being done may be tried again."""


class Store(Protocol):
    """Keys and contents, under one site's own prefix. Every operation raises `StoreError`, in French."""

    words: str
    """How an operator calls this place."""

    def read(self, key: str) -> bytes | None:
        """The content, nothing where there is none."""

    def create(self, key: str, content: bytes) -> bool:
        """Write where nothing is. False, and nothing written, where something is already."""

    def write(self, key: str, content: bytes) -> None:
        """Write, over what is there or not."""

    def remove(self, key: str) -> None:
        """Remove; what is not there is no error."""

    def ages(self, prefix: str) -> dict[str, float]:
        """Keys that begin with `prefix`, and seconds since each was written, both moments by the store's own clock."""
