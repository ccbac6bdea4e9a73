"""A plan as resources of Pulumi's OpenStack provider. Loaded inside a program only: the library is large."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

import pulumi
from pulumi_openstack import Provider, blockstorage, compute, dns, images, networking, objectstorage

from infra.model.ports import EVERY_HOST
from infra.plan import CloudPlan, DataDirectory, HostPlan, StackPlan
from infra.targets.base import Declared, Ownership
from infra.targets.openstack.first_boot import user_data
from infra.targets.openstack.naming import description, metadata, name_of, prefix, tags, unique_name
from infra.targets.openstack.openings import groups, openings

DYNAMIC_ADDRESSES = 8
"""Addresses after the gateway's for what the cloud itself puts in the network (DHCP); hosts begin after them."""

NAME_TTL_SECONDS = 300

READ_ONCE = ["imageId", "userData", "keyPair", "schedulerHints", "availabilityZone"]
"""What serves when a server is made and never again: a newer image of the cloud, another key or other settings of the
first boot must not make a server again. To have one made again, remove it from the cloud, then `gru up`."""

SETTLED = ["volumeType", "availabilityZone"]
"""What a volume keeps for life: another would be an empty one."""


def provider(cloud: CloudPlan, name: str, region: str) -> Provider:
    """A provider that is told where and never who: its settings are kept in the state, credentials stay outside."""
    return Provider(name, cloud=cloud.cloud or None, region=region)


def data_volume(
    resource: str,
    name: str,
    data: DataDirectory,
    options: pulumi.ResourceOptions,
    *,
    cloud: CloudPlan,
    ownership: Ownership,
) -> blockstorage.Volume:
    """A volume outlives its server, the stack's removal with `--keep-data`, and its host's leaving the site."""
    return blockstorage.Volume(
        resource,
        name=name,
        size=data.size_gb,
        volume_type=cloud.volume_type or None,
        availability_zone=cloud.availability_zone or None,
        enable_online_resize=True,
        metadata=metadata(ownership, resource),
        opts=pulumi.ResourceOptions.merge(
            options, pulumi.ResourceOptions(retain_on_delete=True, ignore_changes=SETTLED)
        ),
    )


@dataclass
class Resources:
    """Registers a stack. `kept` gives the ids of volumes that are in the cloud already, by their name."""

    plan: StackPlan
    cloud: CloudPlan
    ownership: Ownership
    kept: Mapping[str, str]
    provider: Provider = field(init=False)

    def __post_init__(self) -> None:
        """Everything but backups is made by one provider."""
        self.provider = provider(self.cloud, "cloud", self.cloud.region)

    def declare(self) -> Declared:
        """Register everything, and tell what is known once it is made."""
        network, subnet, way_out = self._network()
        security = self._security()
        keypair = compute.Keypair(
            "key", name=unique_name(self.ownership), public_key=self.plan.ssh_public_key, opts=self._options()
        )
        apart = compute.ServerGroup(
            "apart",
            name=unique_name(self.ownership),
            policies="anti-affinity" if self.cloud.strictly_apart else "soft-anti-affinity",
            opts=self._options(),
        )
        image = images.get_image_output(
            name=self.cloud.image, most_recent=True, region=self.cloud.region, opts=self._invoke_options()
        )
        flavors = {
            name: compute.get_flavor_output(name=name, region=self.cloud.region, opts=self._invoke_options())
            for name in sorted({host.flavor for host in self.plan.hosts})
        }
        instances: dict[str, pulumi.Output[str]] = {}
        volumes: dict[str, dict[str, pulumi.Output[str]]] = {}
        public: pulumi.Output[str] = pulumi.Output.from_input("")
        for host in self.plan.hosts:
            port = self._port(host, network, subnet, security)
            server = compute.Instance(
                host.name,
                name=name_of(self.plan, host.name),
                image_id=image.id,
                flavor_name=host.flavor,
                key_pair=keypair.name,
                networks=[compute.InstanceNetworkArgs(port=port.id)],
                user_data=user_data(host, self.plan.ssh_public_key),
                config_drive=True,
                metadata=metadata(self.ownership, host.name),
                availability_zone=self.cloud.availability_zone or None,
                scheduler_hints=[compute.InstanceSchedulerHintArgs(group=apart.id)],
                stop_before_destroy=True,
                power_state="active",
                opts=self._options(ignore_changes=READ_ONCE, delete_before_replace=True, depends_on=[way_out]),
            )
            instances[host.name] = server.id
            volumes[host.name] = {data.name: self._volume(host, data, server) for data in host.data}
            if host.public:
                public = self._public_address(host, port, way_out)
        self._names(public)
        self._backups()
        return Declared(
            instances=instances,
            public_address=public,
            volumes={name: known for name, known in volumes.items() if known},
            memory={host.name: flavors[host.flavor].ram for host in self.plan.hosts},
        )

    def _network(self) -> tuple[networking.Network, networking.Subnet, pulumi.Resource]:
        name = prefix(self.plan.stack)
        marks = tags(self.ownership)
        outside = networking.get_network_output(
            name=self.cloud.external_network, external=True, region=self.cloud.region, opts=self._invoke_options()
        )
        network = networking.Network(
            "network", name=name, admin_state_up=True, port_security_enabled=True, tags=marks, opts=self._options()
        )
        addresses = [str(address) for address in islice(ipaddress.ip_network(self.plan.network.cidr).hosts(), 9)]
        subnet = networking.Subnet(
            "network",
            name=name,
            network_id=network.id,
            cidr=self.plan.network.cidr,
            ip_version=4,
            gateway_ip=addresses[0],
            enable_dhcp=True,
            allocation_pools=[
                networking.SubnetAllocationPoolArgs(start=addresses[1], end=addresses[DYNAMIC_ADDRESSES])
            ],
            dns_nameservers=list(self.cloud.name_servers) or None,
            tags=marks,
            opts=self._options(),
        )
        router = networking.Router(
            "network",
            name=name,
            admin_state_up=True,
            external_network_id=outside.id,
            tags=marks,
            opts=self._options(),
        )
        interface = networking.RouterInterface(
            "network", router_id=router.id, subnet_id=subnet.id, opts=self._options()
        )
        return network, subnet, interface

    def _security(self) -> dict[str, networking.SecGroup]:
        made = {
            group: networking.SecGroup(
                group,
                name=name_of(self.plan, group),
                description="Hôtes de la plateforme" if group == EVERY_HOST else f"Fonction {group}",
                tags=tags(self.ownership),
                opts=self._options(),
            )
            for group in groups(self.plan)
        }
        for opening in openings(self.plan):
            networking.SecGroupRule(
                opening.name,
                security_group_id=made[opening.group].id,
                direction="ingress",
                ethertype="IPv4",
                protocol="tcp",
                port_range_min=opening.port,
                port_range_max=opening.port,
                remote_group_id=made[opening.caller].id if opening.caller else None,
                remote_ip_prefix=opening.network or None,
                opts=self._options(),
            )
        return made

    def _port(
        self,
        host: HostPlan,
        network: networking.Network,
        subnet: networking.Subnet,
        security: Mapping[str, networking.SecGroup],
    ) -> networking.Port:
        return networking.Port(
            host.name,
            name=name_of(self.plan, host.name),
            network_id=network.id,
            admin_state_up=True,
            fixed_ips=[networking.PortFixedIpArgs(subnet_id=subnet.id, ip_address=host.address)],
            security_group_ids=[security[group].id for group in (EVERY_HOST, *host.functions)],
            tags=tags(self.ownership),
            opts=self._options(delete_before_replace=True),
        )

    def _volume(self, host: HostPlan, data: DataDirectory, server: compute.Instance) -> pulumi.Output[str]:
        resource, name = f"{host.name}-{data.name}", name_of(self.plan, host.name, data.name)
        options = self._options(import_=self.kept.get(name))
        volume = data_volume(resource, name, data, options, cloud=self.cloud, ownership=self.ownership)
        compute.VolumeAttach(
            resource,
            instance_id=server.id,
            volume_id=volume.id,
            opts=self._options(delete_before_replace=True),
        )
        return volume.id

    def _public_address(self, host: HostPlan, port: networking.Port, way_out: pulumi.Resource) -> pulumi.Output[str]:
        if self.cloud.public_address:
            address = pulumi.Output.from_input(self.cloud.public_address)
        else:
            address = networking.FloatingIp(
                host.name, pool=self.cloud.external_network, tags=tags(self.ownership), opts=self._options()
            ).address
        networking.FloatingIpAssociate(
            host.name, floating_ip=address, port_id=port.id, opts=self._options(depends_on=[way_out])
        )
        return address

    def _names(self, public: pulumi.Output[str]) -> None:
        """Every public name that some host carries leads to the front."""
        if not self.cloud.dns_zone:
            return
        zone_name = f"{self.cloud.dns_zone}."
        if self.cloud.dns_zone_made:
            zone = dns.Zone(
                "zone",
                name=zone_name,
                email=f"hostmaster@{self.cloud.dns_zone}",
                description=description(self.ownership),
                ttl=NAME_TTL_SECONDS,
                opts=self._options(),
            ).id
        else:
            zone = dns.get_dns_zone_output(name=zone_name, region=self.cloud.region, opts=self._invoke_options()).id
        carried = {function for host in self.plan.hosts for function in host.functions}
        for function, name in ((function, name) for function, name in self.plan.names if function in carried):
            dns.RecordSet(
                function,
                zone_id=zone,
                name=f"{name}.",
                type="A",
                ttl=NAME_TTL_SECONDS,
                records=[public],
                opts=self._options(),
            )

    def _backups(self) -> None:
        """Copies are in another region, and no command of ours ever removes them."""
        if not self.cloud.backup_container:
            return
        objectstorage.Container(
            "backups",
            name=self.cloud.backup_container,
            region=self.cloud.backup_region,
            opts=pulumi.ResourceOptions(
                provider=provider(self.cloud, "backups", self.cloud.backup_region), retain_on_delete=True
            ),
        )

    def _options(self, **more: object) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(provider=self.provider, **more)  # type: ignore[arg-type]

    def _invoke_options(self) -> pulumi.InvokeOptions:
        return pulumi.InvokeOptions(provider=self.provider)
