"""The hand-over from Pulumi to Ansible: one versioned file, no secret in it."""

from __future__ import annotations

import ipaddress
import json
import shlex
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from infra.addressing import Place
from infra.demo_accounts import accounts
from infra.host_firewall import firewall_of
from infra.inventory_variables import Carrier, HostVariables, SiteVariables
from infra.model import Site
from infra.model.backup import as_inventory as backup_as_inventory
from infra.model.certificate import as_inventory
from infra.model.franceconnect import as_inventory as franceconnect_as_inventory
from infra.model.ports import numbers
from infra.model.site import SINGLE_FUNCTIONS, Function
from infra.plan import INVENTORY_VERSION, SSH_PORT
from infra.release import version_of
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack

_PUBLIC_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_UNTEMPLATED = "__ansible_unsafe"
"""How JSON tells Ansible that a text is not a template (ansible-core, `AnsibleJSONDecoder`)."""
_TEMPLATE_MARKS = ("{{", "{%", "{#")
ADMINISTRATOR = "root"
_OPERATOR_CA_DIRECTORY = Path("/usr/local/share/ca-certificates")


def write_inventory(stack: Stack, site: Site, topology: dict[str, Any], expected: Collection[str] = ()) -> None:
    """Write the Ansible inventory of `stack` from Pulumi's `inventory` output and the site.

    `expected` are functions whose data must be there: they refuse to begin empty.

    Raises:
        OperatorError: the output is of a version this program does not know.
    """
    save_inventory(stack.inventory_file, make_inventory(stack, site, topology, expected))
    if site.certificate.public:
        _keep_visitor_trust(stack, site)


def make_inventory(
    stack: Stack, site: Site, topology: dict[str, Any], expected: Collection[str] = ()
) -> dict[str, Any]:
    """What `write_inventory` writes. Raises OperatorError as it does."""
    if topology["version"] != INVENTORY_VERSION:
        raise OperatorError(
            f"L'inventaire est de version {topology['version']}, ce programme attend la {INVENTORY_VERSION}."
            " Utilisez la version de gru qui a créé cette plateforme, ou relancez « gru up »."
        )
    hosts = {name: _host(stack, site, record) for name, record in topology["hosts"].items()}
    children: dict[str, Any] = {}
    for name, host in hosts.items():
        for function in host["gru_functions"]:
            children.setdefault(function, {"hosts": {}})["hosts"][name] = {}
    variables = _variables(
        stack, site, hosts, topology.get("publish_address") or site.target.public_address(), expected
    )
    return {"all": {"vars": variables, "hosts": hosts, "children": children}}


def save_inventory(path: Path, content: dict[str, Any]) -> None:
    """Write an inventory whole, or not at all. Its texts are texts: none is a template, whatever a town is called."""
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(_untemplated(content), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    temporary.replace(path)


def load_inventory(text: str) -> dict[str, Any]:
    """The content of an inventory's file, as `save_inventory` was given it."""
    content: dict[str, Any] = json.loads(text, object_hook=lambda item: item.get(_UNTEMPLATED, item))
    return content


def _untemplated(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _untemplated(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_untemplated(item) for item in value]
    if isinstance(value, str) and any(mark in value for mark in _TEMPLATE_MARKS):
        return {_UNTEMPLATED: value}
    return value


def read_inventory(stack: Stack) -> dict[str, Any]:
    """Return the inventory of a stack that is up. Raises OperatorError when there is none."""
    try:
        content: dict[str, Any] = load_inventory(stack.inventory_file.read_text(encoding="utf-8"))
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


def site_ca_files(stack: Stack, site: Site) -> list[Path]:
    """The authority that signs the public certificate, where it is one of the site's own files."""
    return [(stack.site_directory / site.certificate.ca_file).resolve()] if site.certificate.ca_file else []


def _keep_visitor_trust(stack: Stack, site: Site) -> None:
    """Write what opens the public names where their certificate is public: public authorities, and the site's files.

    The site's own authority is among them: the front shows its certificate until the first public one is obtained.
    """
    found = [stack.authority_file, *site_ca_files(stack, site), _PUBLIC_AUTHORITIES]
    texts = [path.read_text(encoding="utf-8") for path in found if path.exists()]
    stack.visitor_trust_file.touch(mode=0o600)
    stack.visitor_trust_file.write_text("\n".join(texts), encoding="utf-8")


def _host(stack: Stack, site: Site, record: dict[str, Any]) -> HostVariables:
    name = str(record["fqdn"]).removesuffix(f".{site.domain}")
    variables: HostVariables = {
        "ansible_host": record["ssh"]["address"],
        "ansible_port": int(record["ssh"]["port"]),
        "ansible_user": record["ssh"]["user"],
        "gru_fqdn": record["fqdn"],
        "gru_address": str(site.addresses()[name]),
        "gru_functions": [function.value for function in Function if function.value in record["functions"]],
        "gru_firewall": firewall_of(site, name),
    }
    if variables["ansible_user"] != ADMINISTRATOR:
        variables["ansible_become"] = True
    if record["ssh"].get("jump"):
        variables["ansible_ssh_common_args"] = shlex.join(_ssh_options(stack, site, record["ssh"]["jump"]))
    memory = site.hosts[name].memory_mb or record.get("memory_mb")
    if memory:
        variables["gru_memory_mb"] = memory
    if record.get("volumes"):
        variables["gru_volumes"] = record["volumes"]
    return variables


def _carriers(site: Site, hosts: Mapping[str, HostVariables]) -> dict[str, list[Carrier]]:
    def carrier(name: str) -> Carrier:
        fqdn = f"{name}.{site.domain}"
        return {"name": name, "fqdn": fqdn, "address": hosts[name]["gru_address"] if name in hosts else fqdn}

    found = {function.value: [carrier(name) for name in site.hosts_of(function)] for function in Function}
    return {function: carriers for function, carriers in found.items() if carriers}


def _variables(
    stack: Stack, site: Site, hosts: Mapping[str, HostVariables], publish_address: str, expected: Collection[str]
) -> SiteVariables:
    carriers = _carriers(site, hosts)
    return {
        "gru_inventory_version": INVENTORY_VERSION,
        "gru_stack": stack.name,
        "gru_target": site.target.kind,
        "gru_domain": site.domain,
        "gru_https_port": site.target.public_port(),
        "gru_publish_address": publish_address,
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
        "gru_ports": numbers(),
        "gru_mirrors": {
            "debian": site.network.debian_mirror,
            "debian_security": site.network.debian_security_mirror,
            "pypi": site.network.pypi_mirror,
        },
        "gru_http_proxy": site.network.http_proxy,
        "gru_no_proxy": site.network.no_proxy,
        "gru_operator_ca_files": [*operator_ca_files(site), *(str(path) for path in site_ca_files(stack, site))],
        "gru_certificate": as_inventory(site.certificate, site.served_names()),
        "gru_visitor_ca_file": str(stack.visitor_trust_file if site.certificate.public else stack.authority_file),
        "gru_ca_certificate_file": str(stack.authority_file),
        "gru_features": site.features.model_dump(mode="json"),
        "gru_franceconnect": franceconnect_as_inventory(
            site.features.franceconnect, site.public_urls().get(Function.FRANCECONNECT_SIMULATOR, "")
        ),
        "gru_mail": site.mail.model_dump(mode="json") | {"tls": site.mail.relay.tls if site.mail.relay else ""},
        "gru_operators": site.operators(),
        "gru_returns_domain": site.returns_domain(),
        "gru_hosting": site.hosting.model_dump(mode="json") if site.hosting else {},
        "gru_public_ipv6": str(site.network.public_ipv6 or ""),
        "gru_retention": site.retention.model_dump(),
        "gru_monitoring_watcher": site.monitoring.watcher or "",
        "gru_backups": backup_as_inventory(site.backup),
        "gru_data_expected": sorted(expected),
        "gru_demo_accounts": accounts(site),
        "gru_site_directory": str(stack.site_directory),
        "gru_source_directory": str(SOURCE_DIRECTORY),
        "gru_release": str(version_of(SOURCE_DIRECTORY)),
        "gru_host_names": _host_names(site, hosts),
        "ansible_ssh_private_key_file": str(_key_file(stack, site)),
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_ssh_common_args": shlex.join(_ssh_options(stack, site, site.target.ssh().jump)),
    }


def _key_file(stack: Stack, site: Site) -> Path:
    return site.target.ssh().key_file or stack.ssh_key_file


def _ssh_options(stack: Stack, site: Site, way: str) -> list[str]:
    """Options of SSH to a host, as words; `way` is the jump host, empty where there is none.

    The jump host's own key is remembered with the hosts'.
    """
    known = ["-o", f"UserKnownHostsFile={stack.known_hosts_file}", "-o", "StrictHostKeyChecking=accept-new"]
    jump, _, port = way.partition(":")
    if not jump:
        return known
    through = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", *known, "-i", str(_key_file(stack, site))]
    through += ["-p", port or str(SSH_PORT), "-W", "[%h]:%p", jump]
    return [*known, "-o", f"ProxyCommand={shlex.join(through)}"]


def _host_names(site: Site, hosts: Mapping[str, HostVariables]) -> dict[str, list[str]]:
    """Names by private address, for hosts that would not find one another; public names lead to the front.

    The short name too: a host that cannot resolve its own makes `sudo` complain at each command.
    """
    if site.target.capabilities.resolves_names:
        return {}
    public = sorted(site.public_names().values())
    return {
        host["gru_address"]: [host["gru_fqdn"], name, *(public if Function.PROXY in host["gru_functions"] else [])]
        for name, host in hosts.items()
    }
