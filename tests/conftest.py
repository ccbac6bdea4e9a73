"""Shared by every folder of tests: a check's own sentence goes into the report that `gru verify` reads."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the first line of each test's docstring as its sentence."""
    for item in items:
        doc = (getattr(getattr(item, "function", None), "__doc__", None) or "").strip()
        if doc:
            item.user_properties.append(("sentence", doc.splitlines()[0]))
