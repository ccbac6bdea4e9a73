"""Admiville in the tests' cloud: the hosted example, `stacks/admiville`, with this cloud's own names."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.copied_site import WORK, CopiedSite
from tests.openstack import places
from tests.openstack.control_plane import FLAVORS, IMAGE, Project
from tests.steps import ROOT

PRIVATE_NETWORK = "172.30.97.0/24"
OPERATOR = "Nuage d'essai"
HOSTING = {
    "provider": OPERATOR,
    "address": "1 rue de l'Essai, 99000 Admiville",
    "phone": "01 99 00 00 09",
    "country": "France",
}


class CloudSite(CopiedSite):
    """A copy whose hosts are the cloud's; it names no address of this machine."""

    def environment(self) -> dict[str, str]:
        """Where `gru` finds the site, its state, and the credentials of the cloud."""
        return {**super().environment(), "OS_CLIENT_CONFIG_FILE": str(self.clouds)}

    @property
    def clouds(self) -> Path:
        """The operator's `clouds.yaml`."""
        return WORK / "clouds" / self.name / "clouds.yaml"

    @property
    def folder(self) -> Path:
        """The site's folder."""
        return WORK / "stacks" / self.name

    def write_for(self, project: Project, **target: Any) -> Path:
        """Write site and credentials; `target` replaces keys of the site's `target:`. The site's folder."""
        self.clouds.parent.mkdir(parents=True, exist_ok=True)
        project.write_clouds(self.clouds)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(ROOT / "stacks" / "admiville", self.folder)
        self.change(lambda site: adapt(site, self.domain, target))
        return self.folder

    def change(self, edit: Any) -> None:
        """Edit `site.yaml`: `edit` changes what it is given."""
        path = self.folder / "site.yaml"
        site = yaml.safe_load(path.read_text(encoding="utf-8"))
        edit(site)
        path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), encoding="utf-8")


def adapt(site: dict[str, Any], domain: str, target: Mapping[str, Any]) -> None:
    """Give the hosted example this cloud's names, its small machines, and mail that goes nowhere."""
    site["domain"] = domain
    # The example's store is another cloud's.
    site.pop("backup", None)
    site.get("policy", {}).pop("backups_elsewhere", None)
    site["mail"] = {"sender": f"ne-pas-repondre@{domain}", "sink": True}
    site["features"] = {**site.get("features", {}), "trial": True, "demo_accounts": True}
    site.setdefault("hosting", HOSTING)
    size = next(iter(FLAVORS))
    site["target"] = {
        **site["target"],
        "cloud": "essai",
        "operator": OPERATOR,
        "region": places.REGION,
        "network": PRIVATE_NETWORK,
        "external_network": places.EXTERNAL_NETWORK,
        "image": IMAGE,
        # The machine that runs the tests comes in by the gateway of the external network.
        "admin_networks": [f"{places.EXTERNAL_GATEWAY}/32"],
        "size": size,
        "sizes": {size: {"default": size}},
        "volume_type": None,
        "volumes_encrypted": False,
        "volumes_gb": {"default": 1},
        "backups": {"container": "sauvegardes", "region": places.BACKUP_REGION},
        "dns_zone": {"name": domain},
        **target,
    }
    # The town's rules hold here too: its operator and regions are this cloud's, whose disk is this machine's.
    site["policy"] = {
        **site["policy"],
        "operators": [OPERATOR],
        "regions": [places.REGION, places.BACKUP_REGION],
        "waivers": {"P5": "nuage d'essai, sur le disque de cette machine"},
    }
