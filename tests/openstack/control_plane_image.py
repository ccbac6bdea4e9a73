"""Image of the control plane, made once under a name that hashes its recipe.

    python -m tests.openstack.control_plane_image

From the product's base image: Debian's packages, our configuration, empty databases with the catalogue. Nothing is
stored yet: `docker commit` loses the attributes in which Swift keeps what an object is.
"""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from pathlib import Path

from docker.errors import APIError, ImageNotFound
from docker.models.containers import Container

from infra.targets.docker.base_image import ImageInputs, ensure_image
from infra.targets.docker.client import client
from tests.openstack import configuration, containers
from tests.openstack.places import ADDRESS, HOSTNAME, KEYSTONE, NETWORK, PASSWORD, REGION

REPOSITORY = "gru-test-openstack"
RECIPE = Path(__file__).parent / "image"
BUILT = "/root/image"
INSTALLED = f"{BUILT}/installed"
SCRIPT_SECONDS = 1500

PACKAGES = (
    "mariadb-server",
    "rabbitmq-server",
    "keystone",
    "placement-api",
    "glance",
    "nova-api",
    "nova-conductor",
    "nova-scheduler",
    "nova-compute",
    "nova-compute-ironic",
    "neutron-api",
    "cinder-api",
    "cinder-scheduler",
    "cinder-volume",
    "designate-api",
    "designate-central",
    "designate-producer",
    "designate-worker",
    "designate-mdns",
    "bind9",
    "swift-proxy",
    "swift-account",
    "swift-container",
    "swift-object",
)


def scripts() -> dict[str, str]:
    """What runs in the container while its image is made, by path."""
    return {f"{BUILT}/{path.name}": path.read_text(encoding="utf-8") for path in sorted(RECIPE.glob("*.*"))}


def files() -> dict[str, str]:
    """What our configuration adds to the packages' files, or puts in their place, by path."""
    drivers = {
        f"/usr/lib/python3/dist-packages/{path.name}": path.read_text("utf-8") for path in RECIPE.glob("gru_*.py")
    }
    return {**drivers, **configuration.files()}


def environment() -> dict[str, str]:
    """What the recipe's scripts are told."""
    return {
        "PACKAGES": " ".join(PACKAGES),
        "UNITS": " ".join(configuration.UNITS),
        "COMPUTE_HOSTS": " ".join(configuration.COMPUTE_HOSTS),
        "DATABASES": configuration.DATABASES,
        "KEYSTONE": KEYSTONE,
        "PASSWORD": PASSWORD,
        "REGION": REGION,
    }


def reference(base: str) -> str:
    """Name of the image made from that base image."""
    recipe = json.dumps([base, scripts(), files(), environment()], sort_keys=True)
    return f"{REPOSITORY}:{hashlib.sha256(recipe.encode()).hexdigest()[:16]}"


def ensure() -> str:
    """The image's name, once it is in Docker. Raises TargetError or AssertionError with what failed."""
    base = ensure_image(ImageInputs(), say)
    name = reference(base)
    with containers.only_one_at_a_time():
        if not _exists(name):
            _build(base, name)
            _remove_others(name)
    return name


def _build(base: str, name: str) -> None:
    start = time.monotonic()
    # One of an older recipe has the same addresses.
    containers.remove("control-plane")
    containers.remove("build")
    network = containers.network(f"{REPOSITORY}-build", NETWORK, label="build")
    container = containers.create(
        base,
        f"{REPOSITORY}-build",
        hostname=HOSTNAME,
        network_name=str(network.name),
        address=ADDRESS,
        label="build",
        # Packages are installed before systemd begins: it would reload at each of their units.
        before_init=f"until [ -e {INSTALLED} ]; do sleep 0.5; done",
    )
    try:
        container.put_archive("/", containers.archive(scripts()))
        container.start()
        _script(container, "install.sh")
        # Not before: packages would ask whether to keep files that they do not know.
        container.put_archive("/", containers.archive(files() | {INSTALLED: ""}))
        say(f"paquets installés : {time.monotonic() - start:.0f} s")
        containers.wait_for_systemd(container)
        _script(container, "setup.sh")
        say(f"services configurés : {time.monotonic() - start:.0f} s")
        container.stop(timeout=60)
        with containers.patient() as engine:
            repository, _, tag = name.partition(":")
            engine.api.commit(str(container.id), repository, tag, changes='CMD ["/sbin/init"]')
    finally:
        containers.remove("build")
    say(f"plan de contrôle OpenStack {name} : {time.monotonic() - start:.0f} s")


def _script(container: Container, name: str) -> None:
    containers.run(container, ["/bin/bash", f"{BUILT}/{name}"], environment(), seconds=SCRIPT_SECONDS)


def _exists(name: str) -> bool:
    try:
        client().images.get(name)
    except ImageNotFound:
        return False
    return True


def _remove_others(name: str) -> None:
    """Remove images of older recipes: two gigabytes each."""
    for image in client().images.list(REPOSITORY):
        for tag in set(image.tags) - {name}:
            # One that a container of another clone still uses stays.
            with suppress(APIError):
                client().images.remove(tag)


def say(text: str) -> None:
    """Tell whoever reads the steps, at once."""
    print(text, flush=True)


if __name__ == "__main__":
    say(ensure())
