"""The hand-over from Pulumi to Ansible: one versioned file, no secret in it."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.addressing import Place
from infra.demo_accounts import accounts
from infra.inventory_variables import Carrier, HostVariables, SiteVariables
from infra.model import Site
from infra.model.site import SINGLE_FUNCTIONS, Function
from infra.plan import INVENTORY_VERSION
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack

_OPERATOR_CA_DIRECTORY = Path("/usr/local/share/ca-certificates")


def write_inventory(stack: Stack, site: Site, topology: dict[str, Any]) -> None:
    """Write the Ansible inventory of `stack` from Pulumi's `inventory` output and the site.

    Raises:
        OperatorError: the output is of a version this program does not know.
    """
    if topology["version"] != INVENTORY_VERSION:
        raise OperatorError(
            f"L'inventaire est de version {topology['version']}, ce programme attend la {INVENTORY_VERSION}."
            " Utilisez la version de gru qui a créé cette plateforme, ou relancez « gru up »."
        )
    hosts = {name: _host(site, record) for name, record in topology["hosts"].items()}
    children: dict[str, Any] = {}
    for name, host in hosts.items():
        for function in host["gru_functions"]:
            children.setdefault(function, {"hosts": {}})["hosts"][name] = {}
    content = {"all": {"vars": _variables(stack, site, hosts), "hosts": hosts, "children": children}}
    temporary = stack.inventory_file.with_suffix(".new")
    temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    temporary.replace(stack.inventory_file)


def read_inventory(stack: Stack) -> dict[str, Any]:
    """Return the inventory of a stack that is up. Raises OperatorError when there is none."""
    try:
        content: dict[str, Any] = json.loads(stack.inventory_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise OperatorError(
            f"La plateforme « {stack.name} » n'est pas installée. Lancez « gru up --stack {stack.name} »."
        ) from None
    return content


def known_places(stack: Stack) -> dict[str, Place]:
    """Where the hosts were at the last `gru up`; empty before the first."""
    if not stack.inventory_file.exists():
        return {}
    hosts = read_inventory(stack)["all"]["hosts"]
    return {
        name: Place(ipaddress.IPv4Address(host["gru_address"]), int(host["ansible_port"]))
        for name, host in hosts.items()
    }


def operator_ca_files(site: Site) -> list[str]:
    """Certificates (PEM files on the operator's machine) that hosts must trust to reach their mirrors."""
    choice = site.network.operator_ca
    if choice == "none":
        return []
    if choice == "auto":
        return sorted(str(path) for path in _OPERATOR_CA_DIRECTORY.glob("**/*.crt"))
    missing = [path for path in choice if not Path(path).is_file()]
    if missing:
        raise OperatorError(f"Autorité introuvable (network.operator_ca) : {', '.join(missing)}.")
    return [str(Path(path).resolve()) for path in choice]


def _host(site: Site, record: dict[str, Any]) -> HostVariables:
    name = str(record["fqdn"]).removesuffix(f".{site.domain}")
    variables: HostVariables = {
        "ansible_host": record["ssh"]["address"],
        "ansible_port": int(record["ssh"]["port"]),
        "ansible_user": record["ssh"]["user"],
        "gru_fqdn": record["fqdn"],
        "gru_address": str(site.addresses()[name]),
        "gru_functions": list(record["functions"]),
    }
    memory = site.hosts[name].memory_mb
    if memory:
        variables["gru_memory_mb"] = memory
    return variables


def _carriers(site: Site, hosts: Mapping[str, HostVariables]) -> dict[str, list[Carrier]]:
    def carrier(name: str) -> Carrier:
        fqdn = f"{name}.{site.domain}"
        return {"name": name, "fqdn": fqdn, "address": hosts[name]["gru_address"] if name in hosts else fqdn}

    found = {function.value: [carrier(name) for name in site.hosts_of(function)] for function in Function}
    return {function: carriers for function, carriers in found.items() if carriers}


def _variables(stack: Stack, site: Site, hosts: Mapping[str, HostVariables]) -> SiteVariables:
    carriers = _carriers(site, hosts)
    return {
        "gru_inventory_version": INVENTORY_VERSION,
        "gru_stack": stack.name,
        "gru_target": site.target.kind,
        "gru_domain": site.domain,
        "gru_https_port": site.target.public_port(),
        "gru_publish_address": site.target.public_address(),
        "gru_shared_sources": list(site.target.shared_sources()),
        "gru_town": site.town.model_dump(),
        "gru_names": site.public_names(),
        "gru_urls": site.public_urls(),
        "gru_carriers": carriers,
        "gru_function_hosts": {
            function.value: carriers[function.value][0]["fqdn"]
            for function in SINGLE_FUNCTIONS
            if function.value in carriers
        },
        "gru_network_cidr": str(site.target.network),
        "gru_mirrors": {
            "debian": site.network.debian_mirror,
            "debian_security": site.network.debian_security_mirror,
            "pypi": site.network.pypi_mirror,
        },
        "gru_http_proxy": site.network.http_proxy,
        "gru_no_proxy": site.network.no_proxy,
        "gru_operator_ca_files": operator_ca_files(site),
        "gru_ca_certificate_file": str(stack.authority_file),
        "gru_features": site.features.model_dump(),
        "gru_mail": site.mail.model_dump(),
        "gru_retention": site.retention.model_dump(),
        "gru_demo_accounts": accounts(site),
        "gru_site_directory": str(stack.site_directory),
        "gru_source_directory": str(SOURCE_DIRECTORY),
        "ansible_ssh_private_key_file": str(site.target.ssh().key_file or stack.ssh_key_file),
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_ssh_common_args": (
            f"-o UserKnownHostsFile={stack.known_hosts_file} -o StrictHostKeyChecking=accept-new"
        ),
    }
