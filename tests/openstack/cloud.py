"""The tests' cloud as one account sees it, and how to wait for what it does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import openstack
from openstack.connection import Connection

from tests.openstack.places import KEYSTONE, PASSWORD, REGION

T = TypeVar("T")


def connect(account: str, project: str) -> Connection:
    """The cloud as that account sees it; nothing is asked yet."""
    return openstack.connect(
        auth_url=KEYSTONE,
        username=account,
        password=PASSWORD,
        project_name=project,
        user_domain_name="Default",
        project_domain_name="Default",
        region_name=REGION,
        load_envvars=False,
        load_yaml_config=False,
    )


def administrator() -> Connection:
    """The cloud as its own operator sees it."""
    return connect("admin", "admin")


def awaited(condition: Callable[[], T], what: str, seconds: float = 120, every: float = 0.3) -> T:
    """The first true answer of `condition`. Raises AssertionError, in words, after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(every)
    raise AssertionError(f"pas obtenu en {seconds:.0f} s : {what}")
