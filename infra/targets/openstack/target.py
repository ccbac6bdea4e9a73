"""The OpenStack target: the cloud is asked first, then a plan is declared to Pulumi's provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from infra.engine.plugin import OPENSTACK, ensure_plugin
from infra.plan import CloudPlan, StackPlan
from infra.targets.base import Declared, Mirrors, Ownership, Target, TargetSettings, Tell, refuse_beyond
from infra.targets.errors import TargetError
from infra.targets.openstack import leftovers, unfinished
from infra.targets.openstack.cloud import connect
from infra.targets.openstack.readiness import refuse_what_the_cloud_cannot_give
from infra.targets.openstack.settings import OpenstackSettings


class OpenstackTarget:
    """Servers of a cloud, each with a port at its address; data on volumes; one public address, the front's."""

    capabilities = OpenstackSettings.capabilities
    patience_seconds = 300
    first_boot = ("cloud-init", "status", "--wait")  # it starts SSH again meanwhile, which then refuses for a moment
    when_silent = (
        "Vérifiez que votre adresse est dans « target.admin_networks », puis lisez la console du serveur dans l'espace"
        " client (ou « openstack console log show NOM ») : elle dit si cloud-init a fini."
    )

    def check_room(self) -> None:
        """Nothing is put on this machine but the plugin."""

    def wake(self, settings: TargetSettings) -> None:
        """The cloud knows us."""
        place = _place(settings.place())
        connect(place.cloud, place.region)

    def prepare(self, mirrors: Mirrors, tell: Tell) -> str:  # noqa: ARG002
        """The engine's plugin; hosts are made from the cloud's own image."""
        ensure_plugin(OPENSTACK, tell)
        return ""

    def check(self, plan: StackPlan) -> None:
        """Image, flavors, networks and quotas are there."""
        refuse_beyond(self.capabilities, plan)
        place = _place(plan.cloud)
        refuse_what_the_cloud_cannot_give(connect(place.cloud, place.region), plan, place)

    def discard(self, plan: StackPlan, ownership: Ownership, cut_short: Sequence[Mapping[str, Any]]) -> None:
        """What was begun bears our mark: it is removed, and made again. A volume is adopted, whatever happened."""
        place = _place(plan.cloud)
        unfinished.discard(connect(place.cloud, place.region), ownership, cut_short)

    def declare(self, plan: StackPlan, ownership: Ownership) -> Declared:
        """Everything, and the volumes that an earlier stack kept."""
        from infra.targets.openstack.resources import Resources  # noqa: PLC0415 - a large library

        place = _place(plan.cloud)
        kept = leftovers.kept_volumes(connect(place.cloud, place.region), ownership)
        return Resources(plan, place, ownership, kept).declare()

    def sweep(self, settings: TargetSettings, ownership: Ownership, *, keep_data: bool) -> list[str]:
        """Servers, then volumes (unless kept), then networks and names that carry our mark."""
        place = _place(settings.place())
        zone = place.dns_zone if place.dns_zone_made else ""
        return leftovers.sweep(connect(place.cloud, place.region), ownership, dns_zone=zone, keep_data=keep_data)


def _place(place: CloudPlan | None) -> CloudPlan:
    if place is None:
        raise TargetError("Ce site ne dit pas où il est dans le nuage (target, dans site.yaml).")
    return place


TARGET: Target = OpenstackTarget()
