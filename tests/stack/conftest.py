"""What every check of a running stack is given. Nothing here asks Pulumi or Ansible: only the hosts themselves.

GRU_INVENTORY names the inventory of the stack. The first line of a check's docstring is the sentence, in French,
that `gru verify` shows to the operator.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import testinfra
from requests.adapters import HTTPAdapter
from testinfra.host import Host

from infra.inventory import load_inventory

HostOf = Callable[[str], Host]


def _inventory() -> dict[str, Any]:
    path = os.environ.get("GRU_INVENTORY")
    if not path:
        pytest.skip("GRU_INVENTORY ne nomme pas d'inventaire", allow_module_level=True)
    return load_inventory(Path(path).read_text(encoding="utf-8"))


def _variables(inventory: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a host's variables, the shared ones included."""
    variables: dict[str, Any] = {**inventory["all"]["vars"], **inventory["all"]["hosts"][name]}
    return variables


def _connect(inventory: dict[str, Any], name: str) -> Host:
    variables = _variables(inventory, name)
    # Ansible's own open connections serve the checks too: a check then costs a round trip, not a sign-in.
    sockets = Path.home() / ".ansible" / "cp"
    sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
    return testinfra.get_host(
        f"ssh://{variables['ansible_user']}@{variables['ansible_host']}:{variables['ansible_port']}",
        ssh_identity_file=variables["ansible_ssh_private_key_file"],
        ssh_extra_args=variables["ansible_ssh_common_args"],
        sudo=bool(variables.get("ansible_become")),
        controlpath=f"{sockets}/%%C",  # testinfra formats its command once
    )


class _ToTheProxy(HTTPAdapter):
    """Sends requests for the stack's public names to its proxy, whatever the operator's machine resolves."""

    def __init__(self, names: set[str], address: str) -> None:
        self._names, self._address = names, address
        super().__init__()

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Connect to the proxy's address and still ask for, and check, the name of the URL."""
        place, settings = super().build_connection_pool_key_attributes(request, verify, cert)
        name = place["host"]
        if name in self._names:
            place["host"] = self._address
            if place["scheme"] == "https":
                settings |= {"server_hostname": name, "assert_hostname": name}
        return place, settings

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        """Name the host that the URL names."""
        request.headers["Host"] = urlsplit(str(request.url)).netloc
        try:
            return super().send(request, *arguments, **options)
        finally:
            # A redirection copies the headers: the next name would be asked for, and given cookies, under this one.
            del request.headers["Host"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell the report what each check is about, in the operator's words, and on which host."""
    for item in items:
        if isinstance(item, pytest.Function) and item.path.parent == Path(__file__).parent:
            item.user_properties.append(("sentence", (item.function.__doc__ or "").strip().partition("\n")[0]))
            if (call := getattr(item, "callspec", None)) and "host_name" in call.params:
                item.user_properties.append(("host", call.params["host_name"]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a check that takes `host_name` once for each host."""
    if "host_name" in metafunc.fixturenames:
        metafunc.parametrize("host_name", sorted(_inventory()["all"]["hosts"]))


@pytest.fixture(scope="session")
def inventory() -> dict[str, Any]:
    """The stack's inventory, as it was written for Ansible."""
    return _inventory()


@pytest.fixture(scope="session")
def host_by_name(inventory: dict[str, Any]) -> HostOf:
    """Return the host of that inventory name, over SSH."""
    known: dict[str, Host] = {}

    def host(name: str) -> Host:
        if name not in known:
            known[name] = _connect(inventory, name)
        return known[name]

    return host


@pytest.fixture(scope="session")
def host_of(inventory: dict[str, Any], host_by_name: HostOf) -> HostOf:
    """Return the first host that carries a function; the check is left out when none does."""

    def host(function: str) -> Host:
        carriers = inventory["all"]["children"].get(function, {}).get("hosts", {})
        if not carriers:
            pytest.skip(f"aucun hôte ne porte la fonction {function}")
        return host_by_name(next(iter(carriers)))

    return host


@pytest.fixture(scope="session")
def host_without(inventory: dict[str, Any], host_by_name: HostOf) -> Callable[..., Host]:
    """Return a host that carries none of some functions; the check is left out when every host carries one."""

    def host(*functions: str) -> Host:
        others = [
            name
            for name, variables in inventory["all"]["hosts"].items()
            if not set(functions) & set(variables["gru_functions"])
        ]
        if not others:
            pytest.skip(f"chaque hôte porte une de ces fonctions : {', '.join(functions)}")
        return host_by_name(others[0])

    return host


@pytest.fixture(scope="session")
def variables_of(inventory: dict[str, Any]) -> Callable[[str], dict[str, Any]]:
    """Return the variables of the first host that carries a function."""

    def variables(function: str) -> dict[str, Any]:
        return _variables(inventory, next(iter(inventory["all"]["children"][function]["hosts"])))

    return variables


@pytest.fixture
def front_address(inventory: dict[str, Any]) -> str:
    """Where the front is reached from outside the stack."""
    carriers = inventory["all"]["children"].get("proxy", {}).get("hosts", {})
    if not carriers:
        pytest.skip("aucun hôte ne porte la fonction proxy")  # a role tried alone (tests/roles)
    proxy = _variables(inventory, next(iter(carriers)))
    return str(inventory["all"]["vars"].get("gru_publish_address") or proxy["ansible_host"])


@pytest.fixture
def http(inventory: dict[str, Any], front_address: str) -> requests.Session:
    """A client outside the stack that trusts what the site says and reaches its public names, through the front."""
    shared = inventory["all"]["vars"]
    session = requests.Session()
    session.trust_env = False
    session.verify = shared["gru_visitor_ca_file"]
    adapter = _ToTheProxy(set(shared["gru_names"].values()), front_address)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
