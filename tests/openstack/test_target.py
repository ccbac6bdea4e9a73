"""The target `openstack` on a real control plane: two hosts of a town, from nothing to nothing.

In the order of an operator's day: what is refused before anything is made, a first run that is killed and goes on,
what was made behind the operator's back is mended, a volume grows, all is removed.
"""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Callable, Iterator

import pytest
from openstack.connection import Connection

from infra.state import OperatorError
from tests.openstack.cloud import awaited
from tests.openstack.control_plane import IMAGE, Project
from tests.openstack.holdings import held
from tests.openstack.town import BASE, COPY, FRONT, Town

SIZES = {"petit": {"default": "inconnu"}}
BY_ID = "/dev/disk/by-id/virtio-{volume:.20}"


@pytest.fixture(scope="module")
def town(every_service: None, project: Project, machines: None) -> Iterator[Town]:
    """The town, of which the cloud holds nothing yet."""
    COPY.remove()
    COPY.write_for(project)
    made = Town(FRONT, BASE)
    made.ready()
    yield made
    if not os.environ.get("GRU_KEEP_TEST_STACK"):
        COPY.remove()


@pytest.fixture(scope="module")
def cloud(project: Project, town: Town) -> Connection:
    """The cloud as the town's account sees it: what an operator does by hand."""
    return project.cloud()


def wrong_password(project: Project) -> None:
    project.write_clouds(COPY.clouds, password="autre")


def no_such_cloud(_project: Project) -> None:
    COPY.change(lambda site: site["target"].update(cloud="ailleurs"))


def no_such_image(_project: Project) -> None:
    COPY.change(lambda site: site["target"].update(image="Debian 99"))


def no_such_flavor(_project: Project) -> None:
    COPY.change(lambda site: site["target"].update(sizes=SIZES))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (wrong_password, "Le nuage refuse vos identifiants"),
        (no_such_cloud, "clouds.yaml n'a pas d'entrée « ailleurs »"),
        (no_such_image, f"l'image « Debian 99 » n'existe pas .* ce nuage offre : {IMAGE}"),
        (no_such_flavor, "le gabarit « inconnu » n'existe pas .* ce nuage offre : .*petit"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_made(
    town: Town, project: Project, cloud: Connection, spoil: Callable[[Project], None], told: str
) -> None:
    spoil(project)
    try:
        with pytest.raises(OperatorError, match=told):
            town.up()
    finally:
        COPY.write_for(project)
    assert held(cloud) == {}


def test_quotas_too_small_are_told_before_anything_is_made(
    town: Town, project: Project, cloud: Connection, admin: Connection
) -> None:
    admin.compute.update_quota_set(project.id, instances=1)
    # One of each is the project's own default group, which has four rules.
    admin.network.update_quota(project.id, security_groups=2, security_group_rules=10)
    try:
        with pytest.raises(OperatorError) as refusal:
            town.up()
    finally:
        admin.compute.update_quota_set(project.id, instances=10)
        admin.network.update_quota(project.id, security_groups=10, security_group_rules=100)
    told = str(refusal.value)
    for what, had in (("de serveurs", "0 sur 1"), ("de groupes", "1 sur 2"), ("de règles", "4 sur 10")):
        assert re.search(rf"quota {what}.* dépassé : il en faut \d+ de plus, {had} sont pris", told), told
    assert held(cloud) == {}


def test_a_first_run_that_is_killed_goes_on(town: Town, cloud: Connection) -> None:
    first = town.up_apart()
    try:
        awaited(lambda: list(cloud.compute.servers()), "un premier serveur")
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    assert town.up() > 0
    assert sorted(server.name for server in cloud.compute.servers()) == ["gru-nuage-db", "gru-nuage-front"]
    assert town.preview() == []


def test_hosts_are_entered_by_the_front_and_nothing_else_is_open(town: Town) -> None:
    for host in (FRONT, BASE):
        # Its user data say so; the server is named otherwise.
        assert town.run(host, "cat /etc/hostname").strip() == host
    private = {host.name: host.address for host in town.plan().hosts}
    public = town.run(FRONT, "ip -4 -o address").split()
    public_address = next(word.partition("/")[0] for word in public if word.startswith("172.30.98."))
    assert refused_by(public_address, 443) is ConnectionRefusedError, "nobody listens yet, but one may knock"
    for address, port in ((private[BASE], 22), (private[BASE], 5432), (public_address, 9100)):
        assert refused_by(address, port) is TimeoutError


def refused_by(address: str, port: int) -> type[OSError] | None:
    try:
        socket.create_connection((address, port), timeout=3).close()
    except OSError as error:
        return type(error)
    return None


def test_a_host_goes_out_only_while_a_rule_of_its_groups_says_so(town: Town, cloud: Connection) -> None:
    """Groups come with such rules: the platform counts on them, and on nothing else."""
    front = next(host.address for host in town.plan().hosts if host.name == FRONT)
    knock = f"timeout 3 bash -c '</dev/tcp/{front}/443' 2>/dev/null; echo $?"
    refused, lost = "1", "124"
    assert town.run(BASE, knock).strip() == refused, "nobody listens yet, but one may knock"
    (port,) = cloud.network.ports(name="gru-nuage-db")
    rules = [
        rule
        for group in port.security_group_ids
        for rule in cloud.network.security_group_rules(security_group_id=group, direction="egress")
    ]
    assert rules
    for rule in rules:
        cloud.network.delete_security_group_rule(rule)
    try:
        awaited(lambda: town.run(BASE, knock).strip() == lost, "plus rien ne sort")
    finally:
        for rule in rules:
            cloud.network.create_security_group_rule(
                security_group_id=rule.security_group_id, direction="egress", ether_type=rule.ether_type
            )
    awaited(lambda: town.run(BASE, knock).strip() == refused, "cela sort à nouveau")


def test_what_changed_behind_our_back_is_mended_and_data_stay(town: Town, cloud: Connection) -> None:
    (volume,) = cloud.block_storage.volumes()
    device = BY_ID.format(volume=volume.id)
    town.run(BASE, f"sh -c 'mkfs.ext4 -q {device} && mount {device} /mnt && echo vivant >/mnt/f && sync'")
    server = next(one for one in cloud.compute.servers() if one.name == "gru-nuage-db")
    cloud.compute.delete_server(server)
    cloud.compute.wait_for_delete(server)
    group = next(one for one in cloud.network.security_groups() if one.name == "gru-nuage-proxy")
    rule = next(
        one for one in cloud.network.security_group_rules(security_group_id=group.id) if one.port_range_min == 443
    )
    cloud.network.delete_security_group_rule(rule)
    zone = next(iter(cloud.dns.zones()))
    record = next(one for one in cloud.dns.recordsets(zone) if one.type == "A")
    cloud.dns.update_recordset(record, zone_id=zone.id, records=["203.0.113.9"])

    told = town.preview()
    for what in ("l'hôte db", "l'ouverture", "le nom"):
        assert any(what in line for line in told), told
    assert town.up() > 0
    assert town.preview() == []
    assert cloud.dns.get_recordset(record.id, zone).records != ["203.0.113.9"]
    kept = town.run(BASE, f"sh -c 'mount {device} /mnt && cat /mnt/f'")
    assert kept.strip() == "vivant"


def test_a_volume_grows(town: Town, cloud: Connection) -> None:
    (volume,) = cloud.block_storage.volumes()
    COPY.change(lambda site: site["target"].update(volumes_gb={"default": 2}))
    town.up()
    device = BY_ID.format(volume=volume.id)
    awaited(lambda: town.run(BASE, f"blockdev --getsize64 {device}").strip() == str(2 * 2**30), "le volume agrandi")
    assert town.preview() == []


def test_nothing_is_left(town: Town, cloud: Connection) -> None:
    town.down()
    assert held(cloud) == {}
