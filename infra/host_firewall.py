"""What the firewall of one host lets through, from the flows between functions and from what the site reaches outside.

Between hosts, a rule names addresses. Towards the outside it cannot: nftables knows no names, and those of mirrors lead
to many addresses. There a rule is a port, for the hosts whose function calls outside; packages are fetched by root and
by apt's own account only, so that a site that was broken into has no way out by it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from infra.inventory_variables import Firewall, Rule
from infra.model import Site
from infra.model.backup import S3Backup
from infra.model.certificate import AcmeCertificate
from infra.model.firewall import Passage
from infra.model.flows import BACKED_UP, flows
from infra.model.franceconnect import ISSUERS
from infra.model.ports import EVERY_HOST, PORTS
from infra.model.site import Function
from infra.plan import SSH_PORT, Way

INSTALLERS = ["root", "_apt"]
"""Accounts that fetch packages."""
MAIL_PORT = 25
CLOUD_METADATA = "169.254.169.254"
"""Where a server of a cloud asks at each start who it is (cloud-init)."""
_WEB_PORTS = {"http": 80, "https": 443}


def firewall_of(site: Site, name: str) -> Firewall:
    """What may enter the host of that name in `site`, whose addresses are settled, and leave it."""
    return {
        "enabled": site.firewall.enabled,
        "incoming": [*_from_hosts(site, name), *_returns(site, name), *_chosen(site.firewall.incoming)],
        "outgoing": [*_to_hosts(site, name), *_outside(site, name), *_chosen(site.firewall.outgoing)],
        "ssh_networks": _ssh_networks(site),
    }


def _from_hosts(site: Site, name: str) -> Iterator[Rule]:
    """One rule a port of the host: the hosts that carry its callers, or everybody."""
    found: dict[tuple[str, int], set[str] | None] = {}
    for flow in flows(_carried(site)):
        if name not in _hosts(site, flow.function):
            continue
        callers = found.setdefault((f"{flow.function}.{flow.use}", flow.port), set())
        if not flow.caller:
            found[f"{flow.function}.{flow.use}", flow.port] = None
        elif callers is not None:
            callers |= _addresses(site, flow.caller, but=name)
    for (use, port), addresses in found.items():
        if addresses is None or addresses:
            yield _rule(use, [port], _sorted(addresses or ()))


def _to_hosts(site: Site, name: str) -> Iterator[Rule]:
    """One rule a port of other hosts that a function of this one calls. Everybody may call the front."""
    found: dict[tuple[str, int], set[str]] = {}
    for flow in flows(_carried(site)):
        if not flow.caller or name in _hosts(site, flow.caller):
            called = _addresses(site, flow.function, but=name)
            found.setdefault((f"{flow.function}.{flow.use}", flow.port), set()).update(called)
    for (use, port), addresses in found.items():
        if addresses:
            yield _rule(use, [port], _sorted(addresses))
    if name in _jumps(site) and len(site.hosts) > 1:
        ports = {SSH_PORT, *(host.ssh_port for host in site.hosts.values() if host.ssh_port)}
        yield _rule("ssh", sorted(ports), _sorted(_addresses(site, EVERY_HOST, but=name)))


def _outside(site: Site, name: str) -> Iterator[Rule]:
    """What the host reaches outside the platform, by port."""
    functions = set(site.hosts[name].functions)
    network = site.network
    mirrors = (network.debian_mirror, network.debian_security_mirror, network.pypi_mirror, network.http_proxy)
    # Without a mirror of the site's own, Python's packages come from the public index.
    ports = {*_ports(mirrors), *([] if network.pypi_mirror else [_WEB_PORTS["https"]])}
    yield _rule("packages", sorted(ports), users=INSTALLERS)
    if site.target.place() is not None:
        yield _rule("cloud", [80], [CLOUD_METADATA], users=INSTALLERS[:1])
    if Function.MAIL in functions and not site.mail.sink:
        yield _rule("mail", [site.mail.relay.port if site.mail.relay else MAIL_PORT])
    if Function.IDP in functions and site.features.franceconnect in ISSUERS:
        yield _rule("franceconnect", _ports((network.http_proxy or ISSUERS[site.features.franceconnect],)))
    if Function.MONITORING in functions and site.monitoring.watcher:
        yield _rule("watcher", _ports((network.http_proxy or site.monitoring.watcher,)))
    if isinstance(site.backup, S3Backup) and functions & set(BACKED_UP):
        yield _rule("backup", _ports((site.backup.endpoint,)))
    if isinstance(site.certificate, AcmeCertificate) and Function.PROXY in functions:
        # The authority, by root (certbot), and the name server that is told of the proof.
        yield _rule("certificate", _ports((site.certificate.directory,)), users=INSTALLERS[:1])
        if site.certificate.dns:
            server = [str(site.certificate.dns.server)]
            yield _rule("certificate", [site.certificate.dns.port], server, users=INSTALLERS[:1])


def _returns(site: Site, name: str) -> Iterator[Rule]:
    """Where undelivered mails come back, any server of the internet brings them."""
    if site.mail.receive_returns and Function.MAIL in site.hosts[name].functions:
        yield _rule("mail.returns", [PORTS[Function.MAIL]["smtp"].number])


def _chosen(passages: Iterable[Passage]) -> Iterator[Rule]:
    for passage in passages:
        yield _rule("site.yaml", sorted(passage.ports), [str(network) for network in passage.networks])


def _ssh_networks(site: Site) -> list[str]:
    """Those that the site says, and those by which the target or a jump of the site brings the operator."""
    if not site.firewall.ssh_from:
        return []
    jumps = {str(site.addresses()[name]) for name in _jumps(site)}
    return [*map(str, site.firewall.ssh_from), *site.target.shared_sources(), *_sorted(jumps)]


def _jumps(site: Site) -> set[str]:
    """Hosts of the site through which SSH reaches the others."""
    jump = site.target.ssh().jump.rpartition("@")[2].partition(":")[0]
    addresses = site.addresses()
    entered = {
        name
        for name, host in site.hosts.items()
        if jump in {f"{name}.{site.domain}", str(host.ssh_address), str(addresses[name])}
    }
    front = site.hosts_of(Function.PROXY)
    return entered | set(front if site.target.way_in(front=False) is Way.FRONT else ())


def _carried(site: Site) -> frozenset[str]:
    return frozenset(function.value for function in Function if site.hosts_of(function))


def _hosts(site: Site, function: str) -> list[str]:
    return list(site.hosts) if function == EVERY_HOST else site.hosts_of(Function(function))


def _addresses(site: Site, function: str, *, but: str) -> set[str]:
    """Of the hosts that carry a function, or of all (`EVERY_HOST`), less the host `but`: it calls itself at home."""
    addresses = site.addresses()
    return {str(addresses[name]) for name in _hosts(site, function) if name != but}


def _ports(addresses: Iterable[str | None]) -> list[int]:
    """Ports of web addresses, each once."""
    places = [urlsplit(address) for address in addresses if address]
    return sorted({place.port or _WEB_PORTS[place.scheme] for place in places})


def _sorted(addresses: Iterable[str]) -> list[str]:
    return sorted(addresses, key=ipaddress.IPv4Address)


def _rule(use: str, ports: list[int], networks: Iterable[str] = (), users: Iterable[str] = ()) -> Rule:
    return {"use": use, "ports": ports, "networks": list(networks), "users": list(users)}
