"""Role `firewall`: an operator who would be shut out is let in again, and a host that restarts is shut before it is up.

Run by the role's scenario. The rules tried are the host's own without SSH's; the former ones return after three seconds
instead of a minute.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest
from testinfra.host import Host

from infra.remote import ssh_command
from infra.targets.docker.target import container_name
from tests.stack.conftest import host_by_name, inventory

__all__ = ["host_by_name", "inventory"]

NAME = "host-mail"
PATIENCE = 60
RULES = "/etc/gru/firewall/wanted.nft"


@pytest.fixture
def host(host_by_name: Any) -> Host:
    """The host under test, by the connection that is open."""
    return host_by_name(NAME)


@pytest.fixture
def enters(inventory: dict[str, Any]) -> Callable[[], bool]:
    """Whether a new connection comes in."""
    command = [*ssh_command(inventory, NAME), "-o", "ControlPath=none", "-o", "ConnectTimeout=5", "true"]

    def enter() -> bool:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    return enter


def wait(question: Callable[[], bool]) -> None:
    """Until it is so. Raises AssertionError."""
    deadline = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_the_operator_is_never_shut_out(host: Host, enters: Callable[[], bool]) -> None:
    """Des règles qui ferment SSH s'en vont seules, et « keep » dit ensuite que c'est trop tard."""
    host.check_output("cp %s /run/wanted && sed -i '/comment \"ssh\"/d' %s", RULES, RULES)
    assert host.run("gru-firewall intact").rc != 0
    try:
        host.check_output("GRU_FIREWALL_SECONDS=3 gru-firewall try")
        assert not enters()
        wait(enters)
        late = host.run("gru-firewall keep")
        assert late.rc == 1
        assert "sont revenues" in late.stderr
    finally:
        host.check_output("mv /run/wanted %s", RULES)
    host.check_output("gru-firewall intact")


def test_a_host_that_restarts_is_shut_before_it_is_reached(
    host: Host, inventory: dict[str, Any], enters: Callable[[], bool]
) -> None:
    """Après un redémarrage, les règles sont là avant SSH."""
    stack = inventory["all"]["vars"]["gru_stack"]
    subprocess.run(["docker", "restart", container_name(stack, NAME)], check=True, capture_output=True)
    wait(enters)
    host.check_output("gru-firewall intact")
    times = host.check_output(
        "systemctl show -P ActiveEnterTimestampMonotonic gru-firewall.service ssh.service"
    ).split()
    assert 0 < int(times[0]) < int(times[1])
