"""Each function has ports of its own, and roles listen where the table says."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from infra.model.ports import EVERY_HOST, PORTS, Audience, numbers
from infra.model.site import Function
from infra.state import SOURCE_DIRECTORY

ROLES = SOURCE_DIRECTORY / "roles"
WIRING = SOURCE_DIRECTORY / "runbooks" / "group_vars"
SPOKEN = {80, 443}
"""What only the front may listen on."""


def test_no_two_functions_share_a_port() -> None:
    """Hence any functions fit on one host, whatever the layout."""
    used = Counter(port.number for uses in PORTS.values() for port in uses.values())
    assert [number for number, times in used.items() if times > 1] == []


def test_every_function_says_its_ports() -> None:
    assert set(PORTS) == {*Function, EVERY_HOST}
    assert all(PORTS.values())


def test_visitors_speak_to_the_front_alone() -> None:
    open_to_all = {
        port.number for uses in PORTS.values() for port in uses.values() if port.audience is Audience.EVERYONE
    }
    assert open_to_all == SPOKEN
    assert {port.number for port in PORTS[Function.PROXY].values() if port.audience is Audience.EVERYONE} == SPOKEN


def test_the_inventory_gives_numbers() -> None:
    told = numbers()
    assert told["portal"]["web"] == PORTS[Function.PORTAL]["web"].number
    assert set(told) == {str(function) for function in PORTS}


@pytest.mark.parametrize("path", sorted(WIRING.glob("*.yml")), ids=lambda path: path.stem)
def test_the_wiring_names_ports_and_writes_none(path: object) -> None:
    """A number written there would be a second table."""
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    used = {str(port.number) for uses in PORTS.values() for port in uses.values()}
    written = set(re.findall(r"(?:port\w*: |'port': |:)(\d+)\b", text))
    assert written & used == set()


@pytest.mark.parametrize("function", sorted(PORTS))
def test_what_is_on_the_loopback_is_written_in_its_role(function: str) -> None:
    """These numbers are constants of the role's templates: the table must not drift from them."""
    files = [path for path in (ROLES / function).rglob("*") if path.suffix in {".j2", ".yml"}]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    for use, port in PORTS[function].items():
        if port.audience is Audience.HOST:
            assert re.search(rf"\b{port.number}\b", text), use
