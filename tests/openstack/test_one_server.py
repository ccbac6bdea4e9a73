"""The target `openstack` on a real control plane, at its shortest: one server, from nothing to nothing.

What is longer (refusals, a killed run, data, volumes, names, objects) is in the other files of this folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from openstack.connection import Connection

from tests.openstack.control_plane import Project
from tests.openstack.holdings import held
from tests.openstack.town import COPY, FRONT, Town


@pytest.fixture(scope="module")
def town(project: Project, machines: None) -> Iterator[Town]:
    """A town that keeps nothing: its front, without data, names nor backups; the cloud holds nothing of it yet."""
    COPY.remove()
    COPY.write_for(project, dns_zone=None, backups=None)
    made = Town(FRONT)
    made.ready()
    yield made
    if not os.environ.get("GRU_KEEP_TEST_STACK"):
        COPY.remove()


@pytest.fixture(scope="module")
def cloud(project: Project, town: Town) -> Connection:
    """The cloud as the town's account sees it: what an operator does by hand."""
    return project.cloud()


def test_a_server_is_made_and_entered(town: Town) -> None:
    assert town.up() > 0
    # Its user data say so; the server is named otherwise.
    assert town.run(FRONT, "cloud-init status --wait >/dev/null; cat /etc/hostname").strip() == FRONT
    assert town.preview() == []


def test_what_changed_behind_our_back_is_mended(town: Town, cloud: Connection) -> None:
    (server,) = cloud.compute.servers()
    cloud.compute.delete_server(server)
    cloud.compute.wait_for_delete(server)
    (group,) = cloud.network.security_groups(name="gru-nuage-proxy")
    (rule,) = (
        one for one in cloud.network.security_group_rules(security_group_id=group.id) if one.port_range_min == 443
    )
    cloud.network.delete_security_group_rule(rule)

    told = town.preview()
    for what in ("l'hôte front", "l'ouverture"):
        assert any(what in line for line in told), told
    assert town.up() > 0
    assert town.run(FRONT, "cat /etc/hostname").strip() == FRONT
    assert town.preview() == []


def test_nothing_is_left(town: Town, cloud: Connection) -> None:
    assert held(cloud, names_served=False)
    town.down()
    assert held(cloud, names_served=False) == {}
