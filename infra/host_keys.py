"""SSH keys of hosts, as `gru` knows them and as they show them."""

from __future__ import annotations

import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.plan import SSH_PORT
from infra.remote import knock, ssh_command, ssh_options
from infra.ssh_complaints import has_another_key, why
from infra.state import OperatorError, Stack

_SECONDS = 30


@dataclass(frozen=True, slots=True)
class HostKeys:
    """Lines of a `known_hosts` file that concern one host."""

    lines: tuple[str, ...]

    @property
    def fingerprints(self) -> list[str]:
        """Kind and fingerprint of each key, as `ssh-keygen -l` writes them: ``ED25519 SHA256:…``."""
        text = "".join(f"{line}\n" for line in self.lines)
        run = subprocess.run(["ssh-keygen", "-lf", "-"], input=text, capture_output=True, text=True, check=False)
        words = [line.split() for line in run.stdout.splitlines()]
        return [f"{found[-1].strip('()')} {found[1]}" for found in words]


def place(inventory: dict[str, Any], host: str) -> str:
    """The host as `known_hosts` names it."""
    record = inventory["all"]["hosts"][host]
    return name_of(record["ansible_host"], int(record["ansible_port"]))


def name_of(address: str, port: int) -> str:
    """What `known_hosts` calls who answers there: the address, with the port where it is not SSH's."""
    return address if port == SSH_PORT else f"[{address}]:{port}"


def known(stack: Stack, inventory: dict[str, Any], host: str) -> HostKeys:
    """The keys that `gru` accepted for that host; none before it was first entered."""
    return _written(stack.known_hosts_file, place(inventory, host))


def shown(stack: Stack, inventory: dict[str, Any], host: str) -> HostKeys:
    """The key that the host shows now, whoever it is. Raises OperatorError when it shows none."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "known_hosts"
        # Options given first win: the way to the host stays, what is known of it is forgotten for once.
        ssh, *words = ssh_command(inventory, host)
        if _is_its_own_jump_host(inventory, host):
            words = [word.replace(str(stack.known_hosts_file), str(fresh)) for word in words]
        command = [ssh, "-o", f"UserKnownHostsFile={fresh}", *words, "true"]
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False)
        found = _written(fresh, place(inventory, host))
    if not found.lines:
        raise OperatorError(f"L'hôte {host} ne répond pas en SSH : sa clé ne peut pas être lue.")
    return found


def replace(stack: Stack, inventory: dict[str, Any], host: str, keys: HostKeys) -> None:
    """Forget what was known of the host and know `keys` instead."""
    forget(stack, place(inventory, host))
    with stack.known_hosts_file.open("a", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in keys.lines)


def _is_its_own_jump_host(inventory: dict[str, Any], host: str) -> bool:
    """Whether hosts are reached through this very one: its former key would stop us on the way to the new one."""
    way = ssh_options(inventory, host).partition("ProxyCommand=")[2]
    return bool(re.search(rf"(^|[@ ]){re.escape(str(inventory['all']['hosts'][host]['ansible_host']))}\W*$", way))


def refuse_strangers(inventory: dict[str, Any]) -> None:
    """Raise OperatorError, a line a host, where a host shows another key than the one known."""
    hosts = sorted(inventory["all"]["hosts"])

    def complaint(host: str) -> str:
        return knock(inventory, host).stderr

    with ThreadPoolExecutor(max_workers=len(hosts)) as pool:
        heard = dict(zip(hosts, pool.map(complaint, hosts), strict=True))
    if found := [host for host, said in heard.items() if has_another_key(said)]:
        raise OperatorError("\n".join(f"Hôte {host} : {why(inventory, host, heard[host])}." for host in found))


def forget(stack: Stack, name: str) -> None:
    """Forget the keys of that name of `known_hosts`, if there are any."""
    if stack.known_hosts_file.exists():
        command = ["ssh-keygen", "-q", "-f", str(stack.known_hosts_file), "-R", name]
        subprocess.run(command, check=False, capture_output=True)


def _written(path: Path, name: str) -> HostKeys:
    if not path.exists():
        return HostKeys(())
    run = subprocess.run(["ssh-keygen", "-f", path, "-F", name], capture_output=True, text=True, check=False)
    return HostKeys(tuple(line for line in run.stdout.splitlines() if line and not line.startswith("#")))
