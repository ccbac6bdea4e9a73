"""What a server reads once, at its first boot (cloud-init's user data). It is kept in clear by the cloud: no secret."""

from __future__ import annotations

import json

from infra.plan import HostPlan

ADMINISTRATOR = "root"


def user_data(host: HostPlan, ssh_public_key: str) -> str:
    """A name, and one account that opens with one key. All the rest is Ansible's.

    JSON, which is YAML too: nothing to quote.
    """
    settings: dict[str, object] = {
        "hostname": host.name,
        "fqdn": host.fqdn,
        "ssh_deletekeys": True,
        "ssh_pwauth": False,
        "disable_root": host.ssh_user != ADMINISTRATOR,
        "package_update": False,
        "apt": {"preserve_sources_list": True},
    }
    if host.ssh_user != ADMINISTRATOR:
        settings["users"] = [
            {
                "name": host.ssh_user,
                "shell": "/bin/bash",
                "lock_passwd": True,
                "sudo": "ALL=(ALL) NOPASSWD:ALL",
                "ssh_authorized_keys": [ssh_public_key],
            }
        ]
    return "#cloud-config\n" + json.dumps(settings, indent=1) + "\n"
