"""Where hosts come from. Each target turns a `StackPlan` into resources; none knows what runs inside hosts.

To add one: a package here with `settings.py` (what site.yaml may say, what the target can do) and `target.py` (its
`TARGET`), and its settings in `AnyTarget` below.
"""

from __future__ import annotations

import importlib
from typing import Annotated, cast, get_args

from pydantic import Field

from infra.targets.base import Capabilities, Copies, Declared, Mirrors, Ownership, Target, TargetSettings
from infra.targets.docker.settings import DockerSettings
from infra.targets.errors import TargetError
from infra.targets.existing.settings import ExistingSettings
from infra.targets.openstack.settings import OpenstackSettings

AnyTarget = Annotated[DockerSettings | ExistingSettings | OpenstackSettings, Field(discriminator="kind")]
"""What ``target:`` may be in site.yaml."""

SETTINGS: dict[str, type[TargetSettings]] = {
    get_args(settings.model_fields["kind"].annotation)[0]: settings for settings in get_args(get_args(AnyTarget)[0])
}
TARGETS = tuple(SETTINGS)
"""Names accepted as the `target` of a site."""


def get_target(name: str) -> Target:
    """The target of that name. Targets are imported here so that one needs no library of the others."""
    if name not in SETTINGS:
        raise TargetError(f"cible inconnue : {name!r} (cibles possibles : {', '.join(TARGETS)})")
    return cast("Target", importlib.import_module(f"{__name__}.{name}.target").TARGET)


def copies() -> Copies:
    """What makes copies of a site on this machine, whatever the site's own target."""
    return cast("Copies", importlib.import_module(f"{__name__}.docker.copies"))


__all__ = [
    "SETTINGS",
    "TARGETS",
    "AnyTarget",
    "Capabilities",
    "Copies",
    "Declared",
    "Mirrors",
    "Ownership",
    "Target",
    "TargetError",
    "TargetSettings",
    "copies",
    "get_target",
]
