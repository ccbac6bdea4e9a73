"""Security groups as Neutron understands them, in the words of iptables: what no rule allows is dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

CHAINS = {"ingress": ("INPUT", "-i", "-s"), "egress": ("OUTPUT", "-o", "-d")}
"""Chain, its option for an interface, and for the other side's address."""


def ruleset(ports: Sequence[Any], rules: Sequence[Any], members: Mapping[str, Sequence[str]]) -> str:
    """Input of `iptables-restore` for a machine with these ports.

    `rules` are those of every group, as openstacksdk lists them; `members` gives the addresses of each group's ports.
    """
    groups = {group for port in ports for group in port.security_group_ids}
    closed = all(port.is_port_security_enabled for port in ports)
    lines = ["*filter", ":FORWARD ACCEPT [0:0]"]
    for direction, (chain, interface, side) in CHAINS.items():
        lines.append(f":{chain} {'DROP' if closed else 'ACCEPT'} [0:0]")
        lines.append(f"-A {chain} {interface} lo -j ACCEPT")
        lines.append(f"-A {chain} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT")
        for rule in rules:
            if rule.direction == direction and rule.security_group_id in groups and rule.ether_type == "IPv4":
                what = "".join(_what(rule))
                lines += [f"-A {chain} {side} {one}{what} -j ACCEPT" for one in _others(rule, members)]
    return "\n".join([*lines, "COMMIT", ""])


def _others(rule: Any, members: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if rule.remote_group_id:
        return sorted(members.get(rule.remote_group_id, ()))
    return [rule.remote_ip_prefix or "0.0.0.0/0"]


def _what(rule: Any) -> Iterator[str]:
    if rule.protocol:
        yield f" -p {rule.protocol}"
        if rule.protocol in ("tcp", "udp") and rule.port_range_min:
            yield f" --dport {rule.port_range_min}:{rule.port_range_max}"
