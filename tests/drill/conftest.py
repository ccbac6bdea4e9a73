"""What the use of a copy is given: the same as the checks of a running platform (tests/stack)."""

from __future__ import annotations

import pytest

from tests.stack.conftest import (  # noqa: F401 - fixtures
    front_address,
    host_by_name,
    host_of,
    http,
    inventory,
    variables_of,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell what each test is about, in the operator's words."""
    for item in items:
        if isinstance(item, pytest.Function):
            item.user_properties.append(("sentence", (item.function.__doc__ or "").strip().partition("\n")[0]))
