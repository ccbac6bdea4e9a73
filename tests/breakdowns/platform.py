"""The platform that is broken: three hosts, so that the database and the repository can be lost apart."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from infra.inventory import read_inventory
from infra.remote import host_of, run_remote
from infra.state import Stack
from tests.copied_site import CopiedSite
from tests.steps import BIN, ROOT
from tests.upgrade import Wrong

SITE = CopiedSite("pannes", "pannes.gru.test", "172.30.29.0/24", "127.0.29.1")
HOSTS = {
    "base": {"functions": ["database"], "memory_mb": 1024},
    "sites": {"functions": ["mail", "idp", "processing", "portal", "proxy", "monitoring"], "memory_mb": 4096},
    "depot": {"functions": ["backup_repository"]},
}
WAIT_SECONDS = 180


class Platform:
    """What a breakdown needs: the operator's commands, a host's shell, the engine that holds the hosts."""

    def __init__(self) -> None:
        os.environ.update(SITE.environment())
        self.stack = Stack(SITE.name)

    @staticmethod
    def write() -> Path:
        """The copied site on its three hosts; the path of its site.yaml."""
        path = SITE.write() / "site.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        content |= {"hosts": HOSTS, "features": {"demo_accounts": True}}
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return path

    @cached_property
    def inventory(self) -> dict[str, Any]:
        """As `gru up` left it: hosts keep their addresses, even those that are made again."""
        return read_inventory(self.stack)

    @property
    def portal(self) -> str:
        """Where residents come."""
        return str(self.inventory["all"]["vars"]["gru_urls"]["portal"])

    @property
    def authority(self) -> str:
        """What they trust."""
        return str(self.inventory["all"]["vars"]["gru_visitor_ca_file"])

    def gru(self, *words: str, code: int = 0, says: str = "") -> str:
        """What an operator's command said. Raises Wrong when it ends otherwise than by `code`, or without `says`."""
        start, said = time.monotonic(), ""
        command = [str(BIN / "gru"), *words, "--stack", SITE.name]
        print(f"$ gru {' '.join(words)}", flush=True)
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
            assert run.stdout is not None
            for line in run.stdout:
                print(line, end="", flush=True)
                said += line
        print(f"  : {run.returncode}, {time.monotonic() - start:.0f} s", flush=True)
        if run.returncode != code:
            raise Wrong(f"gru {' '.join(words)} a fini par {run.returncode}, {code} était attendu")
        if says not in said:
            raise Wrong(f"gru {' '.join(words)} devait dire « {says} »")
        return said

    def on(self, function: str, script: str) -> str:
        """What a shell script prints, run as root on the host of `function`. Raises OperatorError when it fails."""
        return run_remote(self.inventory, host_of(self.inventory, function), ["sh", "-es"], script)

    def filed(self) -> set[str]:
        """Numbers of all requests that the database holds."""
        script = "cd / && runuser -u postgres -- psql -XAtc 'select reference from demandes_demande' guichet"
        return set(self.on("database", script).split())

    def destroy(self, host: str) -> None:
        """A machine and its disks are lost: the container and its volumes."""
        name = f"gru-{SITE.name}-{host}"
        found = subprocess.run(["docker", "inspect", name], capture_output=True, check=True).stdout
        volumes = [mount["Name"] for mount in json.loads(found)[0]["Mounts"] if mount.get("Type") == "volume"]
        for words in (["docker", "rm", "-f", name], ["docker", "volume", "rm", *volumes]):
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def wait_for(what: str, met: Callable[[], bool], seconds: float = WAIT_SECONDS) -> float:
    """Seconds until `met`. Raises Wrong, naming `what` was awaited, after `seconds`."""
    start = time.monotonic()
    while not met():
        if time.monotonic() - start > seconds:
            raise Wrong(f"{what} : toujours pas après {seconds:.0f} s")
        time.sleep(1)
    return time.monotonic() - start
