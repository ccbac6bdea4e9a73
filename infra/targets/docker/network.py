"""Driver of the private network of a stack's hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docker.errors import APIError, NotFound
from docker.models.networks import Network
from docker.types import IPAMConfig, IPAMPool

from infra.targets.base import Ownership
from infra.targets.docker.client import client, explained, labels, overlapping, require_ours
from infra.targets.errors import TargetError


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """What the network must be."""

    ownership: Ownership
    name: str
    cidr: str


class NetworkDriver:
    """Make, look at and remove one network."""

    def ensure(self, spec: NetworkSpec) -> str:
        """Docker's id of the network: that of an interrupted run if it has the same addresses, else a new one."""
        with explained(f"créer le réseau {spec.name}"):
            found = self._find(spec.name)
            if found is not None:
                require_ours("le réseau", spec.name, _labels(found), spec.ownership)
                if _cidr(found) == spec.cidr:
                    return str(found.id)
                self.remove(spec)
            try:
                made = client().networks.create(
                    spec.name,
                    driver="bridge",
                    ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=spec.cidr)]),
                    labels=labels(spec.ownership, spec.name),
                )
            except APIError as error:
                if "overlap" not in str(error.explanation).lower():
                    raise
                others = ", ".join(overlapping(spec.cidr)) or "une route de cette machine"
                raise TargetError(
                    f"impossible de créer le réseau {spec.name} : les adresses {spec.cidr} sont déjà celles de "
                    f"{others} ; choisissez-en d'autres dans site.yaml (target.network) ou supprimez l'autre"
                ) from error
            return str(made.id)

    def observe(self, spec: NetworkSpec) -> tuple[str, str] | None:
        """Docker's id and the addresses (CIDR) of our network, or nothing when it is gone."""
        with explained(f"lire le réseau {spec.name}"):
            found = self._find(spec.name)
            if found is None:
                return None
            require_ours("le réseau", spec.name, _labels(found), spec.ownership)
            return str(found.id), _cidr(found)

    def remove(self, spec: NetworkSpec) -> None:
        """Remove the network; nothing to do when it is gone."""
        with explained(f"supprimer le réseau {spec.name}"):
            found = self._find(spec.name)
            if found is None:
                return
            require_ours("le réseau", spec.name, _labels(found), spec.ownership)
            try:
                found.remove()
            except NotFound:
                return
            except APIError as error:
                if "active endpoints" not in str(error.explanation):
                    raise
                found.reload()
                others = ", ".join(sorted(c.name or "" for c in found.containers))
                raise TargetError(
                    f"impossible de supprimer le réseau {spec.name} : d'autres conteneurs y sont branchés "
                    f"({others}) ; débranchez-les : docker network disconnect {spec.name} CONTENEUR"
                ) from error

    @staticmethod
    def _find(name: str) -> Network | None:
        try:
            return client().networks.get(name)
        except NotFound:
            return None


def _attrs(network: Network) -> dict[str, Any]:
    return network.attrs or {}


def _labels(network: Network) -> dict[str, str]:
    return _attrs(network).get("Labels") or {}


def _cidr(network: Network) -> str:
    configs = (_attrs(network).get("IPAM") or {}).get("Config") or [{}]
    return str(configs[0].get("Subnet", ""))
