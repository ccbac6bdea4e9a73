"""Driver of a host's data. A volume is adopted, never emptied; only `gru down` without --keep-data removes it."""

from __future__ import annotations

from dataclasses import dataclass

from docker.errors import NotFound
from docker.models.volumes import Volume

from infra.targets.base import Ownership
from infra.targets.docker.client import client, explained, labels, require_ours


@dataclass(frozen=True, slots=True)
class VolumeSpec:
    """What the volume must be."""

    ownership: Ownership
    name: str


class VolumeDriver:
    """Make, look at and remove one volume."""

    def ensure(self, spec: VolumeSpec) -> str:
        """The name of the volume: one kept by an earlier run (with its data), else a new one."""
        with explained(f"créer le volume {spec.name}"):
            found = self._find(spec.name)
            if found is None:
                client().volumes.create(spec.name, labels=labels(spec.ownership, spec.name))
            else:
                require_ours("le volume", spec.name, _labels(found), spec.ownership)
            return spec.name

    def observe(self, spec: VolumeSpec) -> bool:
        """Whether the volume exists and is ours."""
        with explained(f"lire le volume {spec.name}"):
            found = self._find(spec.name)
            if found is not None:
                require_ours("le volume", spec.name, _labels(found), spec.ownership)
            return found is not None

    def remove(self, spec: VolumeSpec) -> None:
        """Destroy the volume and its data; nothing to do when it is gone."""
        with explained(f"supprimer le volume {spec.name}"):
            found = self._find(spec.name)
            if found is None:
                return
            require_ours("le volume", spec.name, _labels(found), spec.ownership)
            found.remove()

    @staticmethod
    def _find(name: str) -> Volume | None:
        try:
            return client().volumes.get(name)
        except NotFound:
            return None


def _labels(volume: Volume) -> dict[str, str]:
    return (volume.attrs or {}).get("Labels") or {}
