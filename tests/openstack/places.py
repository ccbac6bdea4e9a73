"""Addresses and names of the tests' cloud. One at a time on a machine: addresses are written in its configuration."""

from __future__ import annotations

from typing import NamedTuple

NETWORK = "172.30.99.0/24"
"""Docker's network of the control plane."""
ADDRESS = "172.30.99.10"
HOSTNAME = "controller"
KEYSTONE = f"http://{ADDRESS}:5000/v3"
S3 = f"http://{ADDRESS}:8080"

REGION = "essai"
BACKUP_REGION = "ailleurs"
"""Where only objects are kept, in the same store: copies must be in another region than servers."""
PASSWORD = "essai"
"""Of every account: nothing here is published outside the machine."""

EXTERNAL_NETWORK = "public"
EXTERNAL_CIDR = "172.30.98.0/24"
EXTERNAL_GATEWAY = "172.30.98.1"
FLOATING_RANGE = ("172.30.98.100", "172.30.98.200")
"""Addresses that the cloud lends; Docker, which has the same network, is given none of them."""


class Service(NamedTuple):
    """A service of the catalogue: its type, and where it answers."""

    kind: str
    port: int
    path: str = ""

    @property
    def url(self) -> str:
        """Address of its interface; it may hold `%(project_id)s`."""
        return f"http://{ADDRESS}:{self.port}{self.path}"


SERVICES = {
    "placement": Service("placement", 8778),
    "glance": Service("image", 9292),
    "nova": Service("compute", 8774, "/v2.1"),
    "neutron": Service("network", 9696),
    "cinder": Service("block-storage", 8776, "/v3"),
    "designate": Service("dns", 9001),
    "swift": Service("object-store", 8080, "/v1/AUTH_%(project_id)s"),
}
"""By the name of the account each works under."""
