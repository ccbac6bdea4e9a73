"""A platform to test: a copy of `stacks/local` under other names, addresses and state: one in use is spared."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.steps import ROOT

WORK = ROOT / ".gru" / "tests"


@dataclass(frozen=True, slots=True)
class CopiedSite:
    """One copy. Two copies must differ in all four values; `network` is a /24, `publish_address` a loopback address."""

    name: str
    domain: str
    network: str
    publish_address: str

    @property
    def state(self) -> Path:
        """What `gru` remembers of it: inventory, secrets, logs."""
        return WORK / "state" / self.name

    def environment(self) -> dict[str, str]:
        """Where `gru` and the tests find the site and its state."""
        return {
            "GRU_SITES_DIRECTORY": str(WORK / "stacks"),
            "GRU_STATE_DIRECTORY": str(WORK / "state"),
            "GRU_STACK": self.name,
            "GRU_INVENTORY": str(self.state / "inventory.json"),
        }

    def write(self) -> Path:
        """Copy the site afresh; return its folder."""
        target = WORK / "stacks" / self.name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(ROOT / "stacks" / "local", target)
        replaced = {"172.30.10.0/24": self.network, "127.0.10.1": self.publish_address, "gru.test": self.domain}
        for path in target.glob("**/*.yaml"):
            text = path.read_text(encoding="utf-8")
            for old, new in replaced.items():
                text = text.replace(old, new)
            path.write_text(text, encoding="utf-8")
        return target

    def remove(self) -> None:
        """Remove containers, networks, volumes and state of this name, whichever clone made them."""
        label = f"label=gru.stack={self.name}"
        # Two listings each, because Docker's commands refuse an empty list.
        for listing, removal in (
            (["docker", "ps", "-aq", "--filter", label], ["docker", "rm", "-f", "-v"]),
            (["docker", "network", "ls", "-q", "--filter", label], ["docker", "network", "rm"]),
            (["docker", "volume", "ls", "-q", "--filter", label], ["docker", "volume", "rm"]),
        ):
            found = subprocess.run(listing, capture_output=True, text=True, check=False).stdout.split()
            if found:
                subprocess.run([*removal, *found], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(self.state, ignore_errors=True)
