"""Plugins of the engine: what talks to a cloud for it. Built from a folder beside this file, as the engine is.

The engine looks a plugin up in the `plugins` folder of a stack's own home; ours are made once a machine, in the cache,
under a name that hashes their sources, and linked there. The vendor's plugin takes the place of ours only where the
operator asks for it, with a hash (see `release`): it has the same name, version and resources.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from infra.engine.locate import Progress, engine_cache, link, only_one_at_a_time

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin, by the name of its folder here and of its SDK (``pulumi-<name>``)."""

    name: str

    @property
    def module(self) -> Path:
        """Folder of its go.mod."""
        return HERE / self.name

    @property
    def version(self) -> str:
        """That of its SDK, under which the engine looks it up (a test compares them)."""
        found = re.search(r'pluginVersion = "([^"]+)"', (self.module / "resources.go").read_text(encoding="utf-8"))
        if found is None:
            raise AssertionError(f"no pluginVersion in {self.module}")
        return found.group(1)

    @property
    def program(self) -> str:
        """Name of its program."""
        return f"pulumi-resource-{self.name}"

    @property
    def switch(self) -> str:
        """Variable that asks for the vendor's plugin, and gives its hash."""
        return f"GRU_PULUMI_{self.name.upper()}_RELEASE"

    def sources(self) -> str:
        """Hash of all that a build reads."""
        digest = hashlib.sha256()
        for path in sorted([*self.module.glob("*.go"), self.module / "go.mod", self.module / "go.sum"]):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()


def ensure_plugin(plugin: Plugin, progress: Progress = lambda _message: None) -> Path:
    """The plugin's program in the cache, made if it is not there (2 minutes on two cores).

    Raises:
        EngineError: with the path of the log.
    """
    from infra.engine import build, release  # noqa: PLC0415 - `release` names this machine's archives

    what = f"module « {plugin.name} » {plugin.version} de Pulumi"
    vendor = release.Release(
        what=what,
        switch=plugin.switch,
        url=f"{release.VENDOR}/plugins/{plugin.program}-v{plugin.version}-linux-{_architecture()}.tar.gz",
        member=plugin.program,
    )
    wanted = release.asked(vendor)[1] if os.environ.get(plugin.switch) else plugin.sources()
    binary = engine_cache() / "modules" / f"{plugin.name}-{plugin.version}-{wanted[:12]}" / plugin.program
    if binary.exists():
        return binary
    with only_one_at_a_time(f"le {what}", progress):
        if binary.exists():
            return binary
        binary.parent.mkdir(parents=True, exist_ok=True)
        if os.environ.get(plugin.switch):
            release.fetch_release(vendor, binary, progress)
        else:
            recipe = build.Recipe(
                what=what,
                module=plugin.module,
                package=".",
                folder=f"construction-{plugin.name}",
                duration="2 à 8 minutes",
                instead=f"{plugin.switch} permet de prendre celui de l'éditeur.",
            )
            build.build_program(recipe, binary, progress)
    return binary


def link_plugin(plugin: Plugin, home: Path) -> None:
    """Make the engine find the plugin in a stack's own home (``PULUMI_HOME``). Raises EngineError."""
    folder = home / "plugins" / f"resource-{plugin.name}-v{plugin.version}"
    link(ensure_plugin(plugin), folder / plugin.program)


def _architecture() -> str:
    machine = platform.machine()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


OPENSTACK = Plugin("openstack")


if __name__ == "__main__":
    import sys

    from infra.engine.locate import EngineError

    try:
        print(ensure_plugin(OPENSTACK, lambda message: print(message, file=sys.stderr, flush=True)))
    except EngineError as error:
        sys.exit(str(error))
