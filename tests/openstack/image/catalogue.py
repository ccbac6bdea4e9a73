"""Accounts of the services, services and endpoints, in one process: the command line takes two seconds a call."""

import json
import time
from pathlib import Path

from keystoneauth1 import session
from keystoneauth1.exceptions import ClientException
from keystoneauth1.identity import v3
from keystoneclient.v3 import client

SETTINGS = json.loads((Path(__file__).parent / "catalogue.json").read_text(encoding="utf-8"))


def connected() -> client.Client:
    """A client of Keystone's administrator, once Keystone answers."""
    auth = v3.Password(
        SETTINGS["keystone"],
        username="admin",
        password=SETTINGS["password"],
        project_name="admin",
        user_domain_name="Default",
        project_domain_name="Default",
    )
    made = client.Client(session=session.Session(auth), region_name=SETTINGS["region"])
    deadline = time.monotonic() + 120
    while True:
        try:
            made.projects.list()
        except ClientException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return made


def main() -> None:
    """Write everything of `catalogue.json`."""
    keystone = connected()
    project = keystone.projects.create("service", "default")
    roles = {role.name: role for role in keystone.roles.list()}
    keystone.roles.create("swiftoperator")
    for region in SETTINGS["elsewhere"]:
        keystone.regions.create(region)
    for name, (kind, url) in SETTINGS["services"].items():
        account = keystone.users.create(name, "default", password=SETTINGS["password"])
        for role in ("admin", "service"):
            keystone.roles.grant(roles[role], user=account, project=project)
        service = keystone.services.create(name, type=kind)
        for interface in ("public", "internal"):
            for region in [SETTINGS["region"], *(far for far, kept in SETTINGS["elsewhere"].items() if name in kept)]:
                keystone.endpoints.create(service, url, interface, region)


if __name__ == "__main__":
    main()
