"""The campaign of the hosted platform: Admiville whole in the tests' cloud, to a resident's request answered.

Its stages are commands that an operator would type; those of this module (`python -m tests.openstack.campaign WORD`)
make the cloud and the site, and look at what is left.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from docker.errors import NotFound

from infra.targets.docker.client import client
from tests.campaign import Campaign, Stage
from tests.openstack import control_plane
from tests.openstack.cloud import administrator
from tests.openstack.cloud_site import CloudSite
from tests.openstack.control_plane import Project, lend_project
from tests.openstack.holdings import held
from tests.openstack.machines import machines_running, remove_machines
from tests.steps import BIN, ROOT

COPY = CloudSite("hebergee", "hebergee.gru.test", "172.30.97.0/24", "")
PROJECT = "campagne"
MODULE = (str(BIN / "python"), "-m", "tests.openstack.campaign")
JOURNEY = "tests/browser/test_journey.py::test_a_report_is_filed_answered_and_followed"


def project() -> Project:
    """The town's project, with room for a server and a security group a function."""
    lent = lend_project(PROJECT)
    admin = administrator()
    admin.compute.update_quota_set(lent.id, instances=20, cores=40, ram=65536)
    admin.network.update_quota(lent.id, security_groups=40, security_group_rules=400)
    return lent


def cloud_is_up() -> bool:
    """Whether the control plane's container runs."""
    try:
        return bool(client().containers.get(control_plane.NAME).status == "running")
    except NotFound:
        return False


@contextmanager
def machines() -> Iterator[None]:
    """Have the cloud's servers run, those of an earlier run included."""
    with machines_running(kept=True):
        yield


def site() -> int:
    """Write the site, from nothing: what an earlier run made in the cloud goes with the cloud."""
    COPY.remove()
    COPY.write_for(project())
    return 0


def cloud() -> int:
    """Start the cloud afresh."""
    control_plane.stop()
    remove_machines()
    control_plane.start()
    return 0


def unchanged() -> int:
    """Bring the platform up again: nothing may change."""
    words = [str(BIN / "gru"), "up", "--json", "--names-later", "--stack", COPY.name]
    run = subprocess.run(words, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True, check=False)
    print(run.stdout)
    return run.returncode or int(json.loads(run.stdout.strip().splitlines()[-1])["changed"] != 0)


def left() -> int:
    """Tell what the cloud still holds of the town; nothing is right."""
    found = held(project().cloud())
    print(found or "rien ne reste dans le nuage")
    return int(bool(found))


def gru(name: str, *arguments: str) -> tuple[str, ...]:
    """One of `gru`'s commands on the town."""
    return (str(BIN / "gru"), name, "--stack", COPY.name, *arguments)


ADMIVILLE = Campaign(
    name="admiville-openstack",
    title="Admiville entière dans un nuage OpenStack, jusqu'à la réponse à une demande",
    environment=COPY.environment(),
    around=machines,
    stages=(
        Stage("le nuage d'essai", (*MODULE, "cloud"), 30, holds=cloud_is_up),
        Stage("le site", (*MODULE, "site"), 5, holds=(COPY.folder / "site.yaml").exists),
        Stage("gru preview", gru("preview"), 10),
        Stage("gru up", gru("up", "--names-later"), 90),
        Stage("gru up, une seconde fois", (*MODULE, "unchanged"), 30),
        Stage("une demande déposée, traitée, répondue", (str(BIN / "pytest"), "-q", "-p", "no:django", JOURNEY), 20),
        Stage("gru down", gru("down", "--yes"), 20),
        Stage("rien ne reste", (*MODULE, "left"), 5),
    ),
)

WORDS = {"cloud": cloud, "site": site, "unchanged": unchanged, "left": left}

if __name__ == "__main__":
    sys.exit(WORDS[sys.argv[1]]())
