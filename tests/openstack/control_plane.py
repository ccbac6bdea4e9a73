"""The tests' cloud, running: started from its image, furnished as its operator would, lent a project at a time."""

from __future__ import annotations

import io
import subprocess
import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import requests
import yaml
from docker.errors import NotFound
from keystoneauth1.exceptions import ClientException
from openstack.connection import Connection
from openstack.exceptions import SDKException

from infra.targets.docker.client import client
from tests.openstack import configuration, containers, control_plane_image, places
from tests.openstack.cloud import administrator, awaited, connect

NAME = "gru-test-openstack"
IMAGE = "debian-13"
FLAVORS = {"petit": (1024, 1, 5), "moyen": (2048, 2, 10), "grand": (4096, 2, 20)}
"""Memory (MiB), processors and disk (GiB) by name."""

START_SECONDS = 300


WHOLE = f"{containers.LABEL}.whole"
"""Label of the container; it tells whether every service runs in it."""


def start(*, whole: bool = True) -> None:
    """Have the cloud answer, from nothing if needed: one that runs already, of the same recipe, is used as it is.

    Unless `whole`, there are servers and networks only (`configuration.BEYOND_SERVERS`): half of the start is spared.
    """
    image = control_plane_image.ensure()
    if not _runs(image, whole=whole):
        stop()
        network = containers.network(NAME, places.NETWORK, label="control-plane")
        container = containers.create(
            image,
            NAME,
            hostname=places.HOSTNAME,
            network_name=str(network.name),
            address=places.ADDRESS,
            label="control-plane",
            labels={WHOLE: str(whole)},
        )
        if not whole:
            # An empty file in this place keeps systemd from starting a unit.
            masks = {f"/etc/systemd/system/{unit}.service": "" for unit in configuration.BEYOND_SERVERS}
            container.put_archive("/", containers.archive(masks))
        container.start()
    _require_route()
    wait_for_interfaces(whole=whole)
    furnish()


def stop() -> None:
    """Remove the cloud, whatever it holds; its image stays."""
    containers.remove("control-plane")


def _runs(image: str, *, whole: bool) -> bool:
    try:
        found = client().containers.get(NAME)
    except NotFound:
        return False
    same = image in (found.attrs or {}).get("Config", {}).get("Image", "")
    return found.status == "running" and same and (not whole or found.labels.get(WHOLE) == str(True))


def _require_route() -> None:
    """Refuse to speak to whoever has this address elsewhere: requests must leave by Docker's bridge."""
    route = subprocess.run(["ip", "route", "get", places.ADDRESS], capture_output=True, text=True, check=True).stdout
    assert "dev br-" in route, f"{places.ADDRESS} n'est pas sur un réseau de Docker : {route}"


def wait_for_interfaces(*, whole: bool) -> None:
    """Wait until each interface answers, whatever it answers, and Nova has its hosts."""
    absent = () if whole else ("designate", "swift")
    ports = [5000, *(service.port for name, service in places.SERVICES.items() if name not in absent)]
    for port in ports:
        awaited(partial(_answers, port), f"une réponse du port {port} de {places.ADDRESS}", START_SECONDS)
    admin = administrator()
    units = [unit for unit in configuration.UNITS if whole or unit not in configuration.BEYOND_SERVERS]
    awaited(lambda: _hosts_are_up(admin, units), "les services de Nova et de Cinder", START_SECONDS, every=1)


def _answers(port: int) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            session.get(f"http://{places.ADDRESS}:{port}/", timeout=10)
        except requests.RequestException:
            return False
    return True


def _hosts_are_up(admin: Connection, units: Collection[str]) -> bool:
    try:
        services = [*admin.compute.services(), *admin.block_storage.services()]
        machines = list(admin.compute.hypervisors())
    except (SDKException, ClientException):
        return False
    up = {service.binary for service in services if service.state == "up"}
    wanted = {"nova-conductor", "nova-scheduler", "cinder-scheduler", "cinder-volume"} & set(units)
    return wanted <= up and len(machines) == sum(unit.startswith("gru-nova-compute@") for unit in units)


def furnish() -> None:
    """Flavors, image and external network, as a public cloud has them; what is there already stays."""
    admin = administrator()
    admin.authorize()
    for name, (ram, processors, disk) in FLAVORS.items():
        if admin.compute.find_flavor(name) is None:
            admin.compute.create_flavor(name=name, ram=ram, vcpus=processors, disk=disk)
    if admin.image.find_image(IMAGE) is None:
        # Without content: machines are made from the tests' own image (`machine_image.py`).
        kind = {"disk_format": "raw", "container_format": "bare", "visibility": "public"}
        admin.image.create_image(name=IMAGE, data=io.BytesIO(bytes(65536)), allow_duplicates=True, **kind)
    if admin.network.find_network(places.EXTERNAL_NETWORK) is None:
        outside = admin.network.create_network(
            name=places.EXTERNAL_NETWORK,
            is_router_external=True,
            provider_network_type="flat",
            provider_physical_network="external",
        )
        first, last = places.FLOATING_RANGE
        admin.network.create_subnet(
            name=places.EXTERNAL_NETWORK,
            network_id=outside.id,
            ip_version=4,
            cidr=places.EXTERNAL_CIDR,
            gateway_ip=places.EXTERNAL_GATEWAY,
            is_dhcp_enabled=False,
            allocation_pools=[{"start": first, "end": last}],
        )


@dataclass(frozen=True, slots=True)
class Project:
    """A project of the cloud and the account that works in it, both of the same name."""

    name: str
    id: str
    user_id: str

    def cloud(self) -> Connection:
        """The cloud as this account sees it."""
        return connect(self.name, self.name)

    def write_clouds(self, path: Path, *, password: str = places.PASSWORD) -> Path:
        """Write a `clouds.yaml` as the cloud's own pages give it; its entry is `essai`."""
        auth = {
            "auth_url": places.KEYSTONE,
            "username": self.name,
            "password": password,
            "project_name": self.name,
            "user_domain_name": "Default",
            "project_domain_name": "Default",
        }
        content = {"clouds": {"essai": {"auth": auth, "region_name": places.REGION, "identity_api_version": 3}}}
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        path.chmod(0o600)
        return path

    def object_store_keys(self) -> tuple[str, str]:
        """An access key and its secret for the S3 interface (`places.S3`)."""
        path = f"/users/{self.user_id}/credentials/OS-EC2"
        made = self.cloud().identity.post(path, json={"tenant_id": self.id}).json()["credential"]
        return made["access"], made["secret"]


def lend_project(name: str) -> Project:
    """A project with its account, made if needed."""
    identity = administrator().identity
    project = identity.find_project(name) or identity.create_project(name=name, domain_id="default")
    account = identity.find_user(name) or identity.create_user(
        name=name, password=places.PASSWORD, domain_id="default", default_project_id=project.id
    )
    for role in ("member", "swiftoperator"):
        identity.assign_project_role_to_user(project, account, identity.find_role(role))
    return Project(name, project.id, account.id)


if __name__ == "__main__":
    begun = time.monotonic()
    start()
    print(f"le nuage d'essai répond après {time.monotonic() - begun:.0f} s")
