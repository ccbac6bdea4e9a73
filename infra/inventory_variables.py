"""What Ansible is told: every variable of the inventory, its type and its meaning.

Only `runbooks/group_vars` reads them (tests/roles/test_interfaces.py); secrets come apart, in a vault (`gru_secrets`).
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from infra.model.franceconnect import Offered


class Carrier(TypedDict):
    """A host, where a function is looked for."""

    name: str
    """Its name in site.yaml."""
    fqdn: str
    address: str
    """In the private network; its full name where the inventory does not hold the host (a role tried alone)."""


class DemoAccount(TypedDict):
    """A made-up person, whose password is the secret `demo_password`."""

    uid: str
    branch: str
    """``agents`` or ``usagers``."""
    given_name: str
    family_name: str
    mail: str
    title: str
    """What they are in the town, for an agent."""
    groups: list[str]


class Volume(TypedDict):
    """A disk of a cloud, apart from its host."""

    name: str
    path: str
    """Directory that it keeps."""
    id: str
    """The cloud's: the disk's serial number is its beginning."""


class Rule(TypedDict):
    """TCP that a host's firewall lets through."""

    use: str
    """What for: ``function.use`` of `infra.model.ports`, or a word of `infra.host_firewall`."""
    ports: list[int]
    networks: list[str]
    """Addresses and networks (CIDR) at the other end; empty for any."""
    users: list[str]
    """Accounts of the host whose programs may; empty for all. Of what goes out only."""


class Firewall(TypedDict):
    """What may enter a host and leave it, besides answers, its own loopback, name service and time."""

    enabled: bool
    incoming: list[Rule]
    outgoing: list[Rule]
    ssh_networks: list[str]
    """Where SSH comes from; empty for anywhere."""


class HostVariables(TypedDict):
    """What differs from host to host."""

    ansible_host: str
    """Address that SSH reaches from the operator's machine."""
    ansible_port: int
    ansible_user: str
    ansible_become: NotRequired[bool]
    """True where the user who enters becomes root by sudo."""
    ansible_ssh_common_args: NotRequired[str]
    """Where this host has a way of its own: through the front, on a cloud."""
    gru_fqdn: str
    gru_address: str
    """In the private network."""
    gru_functions: list[str]
    """In the order of their installation, that of `Function`: on one host, what waits for another comes after it."""
    gru_firewall: Firewall
    gru_memory_mb: NotRequired[int]
    """Memory in MiB, where the site or the target gives it."""
    gru_volumes: NotRequired[list[Volume]]
    """Disks that keep data directories, where the target makes some."""


class SiteVariables(TypedDict):
    """What all hosts share."""

    gru_inventory_version: int
    """`infra.plan.INVENTORY_VERSION`; the runbooks refuse another one."""
    gru_stack: str
    gru_target: str
    """Kind of target, for `gru` itself: what follows from it for hosts has variables of its own."""
    gru_domain: str
    gru_https_port: int
    """Port of HTTPS as visitors see it."""
    gru_publish_address: str
    """Address to which public names lead; empty where the town's DNS alone says it."""
    gru_shared_sources: list[str]
    """Networks (CIDR) under which the front sees visitors who are not one."""
    gru_town: dict[str, Any]
    """`infra.model.site.Town`."""
    gru_names: dict[str, str]
    """Public name of each brick, by function, whether or not a host carries it."""
    gru_urls: dict[str, str]
    """Public address of each function that a host carries, without a final slash: ``https://name[:port]``."""
    gru_carriers: dict[str, list[Carrier]]
    """Hosts of each function that the site has, in the site's order."""
    gru_function_hosts: dict[str, str]
    """Full name of the host of each function that one host alone may carry, where the site has it."""
    gru_host_names: dict[str, list[str]]
    """Names by private address, the public ones at the front's; empty where the network resolves them."""
    gru_network_cidr: str
    gru_ports: dict[str, dict[str, int]]
    """By function (``base`` for every host), then by use: `infra.model.ports`."""
    gru_mirrors: dict[str, str | None]
    """``debian``, ``debian_security`` and ``pypi``; the last is null for the public index."""
    gru_http_proxy: str | None
    gru_no_proxy: str | None
    gru_operator_ca_files: list[str]
    """PEM files, on the operator's machine, of authorities that hosts must trust (the site's own file among them)."""
    gru_certificate: dict[str, Any]
    """`infra.model.certificate`, every key of every kind, with ``names`` that it must carry and ``public``."""
    gru_visitor_ca_file: str
    """PEM file, on the operator's machine, of all that a visitor of the public names must trust to open them."""
    gru_ca_certificate_file: str
    """Certificate of the site's own authority, on the operator's machine."""
    gru_features: dict[str, Any]
    """`infra.model.site.Features`."""
    gru_franceconnect: Offered
    """Where FranceConnect answers, and what the identity provider calls out of the platform for it."""
    gru_mail: dict[str, Any]
    """`infra.model.mail.Mail`, and ``tls``: how TLS begins with the relay (``starttls``, ``implicit``, empty)."""
    gru_operators: list[str]
    """Addresses of those who look after the platform."""
    gru_returns_domain: str
    """Domain of the addresses to which undelivered mails come back."""
    gru_hosting: dict[str, Any]
    """`infra.model.hosting.Hosting`; empty where the site does not say who hosts it."""
    gru_public_ipv6: str
    """IPv6 address of the front; empty where it is reached by IPv4 only."""
    gru_retention: dict[str, int]
    """`infra.model.site.Retention`, in days and months as its keys say."""
    gru_monitoring_watcher: str
    """Address called as long as alerts leave; empty where nobody watches from outside."""
    gru_backups: dict[str, Any]
    """`infra.model.backup`, every key of every kind; ``kind`` is null where the site has no backup."""
    gru_data_expected: list[str]
    """Functions that held data at the end of the last run: an empty host is then a loss, not a beginning."""
    gru_demo_accounts: list[DemoAccount]
    """Empty unless the site asks for them (``features.demo_accounts``)."""
    gru_site_directory: str
    gru_source_directory: str
    gru_release: str
    """`infra.release.THIS`: the version of this program."""
    ansible_ssh_private_key_file: str
    ansible_python_interpreter: str
    ansible_ssh_common_args: str
