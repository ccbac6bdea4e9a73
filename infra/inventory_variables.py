"""What Ansible is told: every variable of the inventory, its type and its meaning.

Only `runbooks/group_vars` reads them (tests/roles/test_interfaces.py); secrets come apart, in a vault (`gru_secrets`).
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


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
    groups: list[str]


class HostVariables(TypedDict):
    """What differs from host to host."""

    ansible_host: str
    """Address that SSH reaches from the operator's machine."""
    ansible_port: int
    ansible_user: str
    gru_fqdn: str
    gru_address: str
    """In the private network."""
    gru_functions: list[str]
    """In the order of site.yaml, which is that of their installation."""
    gru_memory_mb: NotRequired[int]
    """Memory limit in MiB, where the site gives one."""


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
    gru_network_cidr: str
    gru_mirrors: dict[str, str | None]
    """``debian``, ``debian_security`` and ``pypi``; the last is null for the public index."""
    gru_http_proxy: str | None
    gru_no_proxy: str | None
    gru_operator_ca_files: list[str]
    """PEM files, on the operator's machine, of authorities that hosts must trust."""
    gru_ca_certificate_file: str
    """Certificate of the site's own authority, on the operator's machine."""
    gru_features: dict[str, Any]
    """`infra.model.site.Features`."""
    gru_mail: dict[str, Any]
    """`infra.model.site.Mail`."""
    gru_retention: dict[str, int]
    """`infra.model.site.Retention`, in days and months as its keys say."""
    gru_demo_accounts: list[DemoAccount]
    """Empty unless the site asks for them (``features.demo_accounts``)."""
    gru_site_directory: str
    gru_source_directory: str
    ansible_ssh_private_key_file: str
    ansible_python_interpreter: str
    ansible_ssh_common_args: str
