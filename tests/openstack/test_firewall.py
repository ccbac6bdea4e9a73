"""Security groups become rules of iptables: what no rule allows is dropped."""

from __future__ import annotations

from typing import Any

from openstack.network.v2.port import Port
from openstack.network.v2.security_group_rule import SecurityGroupRule

from tests.openstack.firewall import ruleset


def port(*groups: str, secured: bool = True) -> Port:
    return Port(security_group_ids=list(groups), is_port_security_enabled=secured)


def rule(group: str, direction: str = "ingress", **more: Any) -> SecurityGroupRule:
    return SecurityGroupRule(security_group_id=group, direction=direction, ether_type="IPv4", **more)


WEB = rule("web", protocol="tcp", port_range_min=443, port_range_max=443, remote_ip_prefix="0.0.0.0/0")
BASE = rule("base", protocol="tcp", port_range_min=5432, port_range_max=5432, remote_group_id="web")


def test_only_what_a_group_of_the_machine_opens_comes_in() -> None:
    text = ruleset([port("web")], [WEB, BASE], {})
    assert ":INPUT DROP" in text
    assert "-A INPUT -s 0.0.0.0/0 -p tcp --dport 443:443 -j ACCEPT" in text
    assert "5432" not in text


def test_a_group_lets_in_the_members_of_another_and_nobody_else() -> None:
    text = ruleset([port("base")], [WEB, BASE], {"web": ["10.0.0.12", "10.0.0.11"], "base": ["10.0.0.9"]})
    accepted = [line for line in text.splitlines() if "5432" in line]
    assert accepted == [
        "-A INPUT -s 10.0.0.11 -p tcp --dport 5432:5432 -j ACCEPT",
        "-A INPUT -s 10.0.0.12 -p tcp --dport 5432:5432 -j ACCEPT",
    ]


def test_nothing_goes_out_without_a_rule_that_says_so() -> None:
    closed = ruleset([port("web")], [WEB], {})
    assert ":OUTPUT DROP" in closed
    assert "-A OUTPUT -d" not in closed
    assert "-A OUTPUT -d 0.0.0.0/0 -j ACCEPT" in ruleset([port("web")], [WEB, rule("web", "egress")], {})


def test_a_port_without_security_is_open() -> None:
    assert ":INPUT ACCEPT" in ruleset([port(secured=False)], [WEB], {})
