"""The tests' cloud, running, for whoever tests against it: started once a session, removed at the end.

`GRU_KEEP_TEST_STACK=1` leaves it, and a next session finds it as it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from openstack.connection import Connection

from tests.openstack import control_plane, places
from tests.openstack.cloud import administrator
from tests.openstack.control_plane import Project, lend_project
from tests.openstack.machines import machines_running


class ObjectStore(NamedTuple):
    """Where objects are kept, and who may; buckets are in the path, not in the name of the host."""

    endpoint: str
    region: str
    access_key: str
    secret_key: str


@pytest.fixture(scope="session")
def every_service() -> None:
    """Asked for by whoever needs more of the cloud than servers and networks."""


@pytest.fixture(scope="session")
def control_plane_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """The cloud's interfaces answer, all of them where a chosen test asks for every service.

    Nothing runs on it but what it keeps itself: objects, names, records.
    """
    chosen = [item for item in request.session.items if isinstance(item, pytest.Function)]
    control_plane.start(whole=any("every_service" in item.fixturenames for item in chosen))
    yield
    if not os.environ.get("GRU_KEEP_TEST_STACK"):
        control_plane.stop()


@pytest.fixture(scope="session")
def admin(control_plane_running: None) -> Connection:
    """The cloud as its own operator sees it."""
    return administrator()


@pytest.fixture(scope="session")
def project(control_plane_running: None) -> Project:
    """A project of the cloud, with its account."""
    return lend_project("essai")


@pytest.fixture(scope="session")
def machines(control_plane_running: None) -> Iterator[None]:
    """The cloud's servers are machines: one can enter them."""
    with machines_running():
        yield


@pytest.fixture(scope="session")
def object_store(every_service: None, project: Project) -> ObjectStore:
    """A store of objects that speaks S3 (Swift's), with keys of the project."""
    access, secret = project.object_store_keys()
    return ObjectStore(places.S3, places.REGION, access, secret)
