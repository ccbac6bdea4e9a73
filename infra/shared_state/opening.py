"""The store that a location names. Its library is loaded only then."""

from __future__ import annotations

from infra.model.state_location import HereState, PostgresqlState, S3State
from infra.shared_state.store import Store


def open_store(location: S3State | PostgresqlState, stack: str) -> Store:
    """The store of that site. Raises StoreError where credentials or a file of authorities are missing."""
    if isinstance(location, S3State):
        from infra.shared_state.s3 import S3Store  # noqa: PLC0415 - a library that most sites do not need

        return S3Store(location, stack)
    from infra.shared_state.postgresql import PostgresqlStore  # noqa: PLC0415 - likewise

    return PostgresqlStore(location, stack)


Shared = S3State | PostgresqlState
"""Locations that are a store."""

Location = HereState | S3State | PostgresqlState
