"""Stacks to test the infrastructure with: plans, a tiny image, and a way to remove all that was made."""

from __future__ import annotations

import io
import ipaddress
import re
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import docker

from infra import stack
from infra.plan import DataDirectory, HostPlan, NetworkPlan, PublishedPort, StackPlan
from infra.steps import Step
from infra.targets.docker.client import LABEL_STACK
from infra.targets.docker.settings import DockerSettings

TINY_IMAGE = "gru-test-tiny:1"
DOCKER = DockerSettings(kind="docker", network=ipaddress.IPv4Network("172.30.240.0/24"))
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP test"

# Answers the signal that stops systemd (SIGRTMIN+3 is 37), so that no test waits for a kill.
TINY_INIT = b"#!/bin/sh\ntrap 'exit 0' 37 15\nwhile :; do /bin/sleep 0.1; done\n"


def make_plan(name: str, index: int, *, hosts: int = 2, image: str = TINY_IMAGE) -> StackPlan:
    """A plan in the ranges of these tests, 172.30.24<index>.0/24 and 127.0.24<index>.1; h0 has data."""
    return StackPlan(
        stack=name,
        target="docker",
        network=NetworkPlan(f"172.30.24{index}.0/24", f"gru-{name}"),
        hosts=tuple(
            HostPlan(
                name=f"h{rank}",
                fqdn=f"h{rank}.{name}.test",
                address=f"172.30.24{index}.{10 + rank}",
                functions=("database",) if rank == 0 else ("portal",),
                aliases=("portail.test",) if rank == 1 else (),
                publish=(PublishedPort(f"127.0.24{index}.1", 22001 + rank, 22),),
                data=(DataDirectory("base", "/donnees"),) if rank == 0 else (),
            )
            for rank in range(hosts)
        ),
        image=image,
        ssh_public_key=PUBLIC_KEY,
        publish_address=f"127.0.24{index}.1",
        names=(("portal", f"portail.{name}.test"),),
    )


@dataclass
class World:
    """One stack under test: its plan, where it keeps its state, and what Docker holds of it."""

    plan: StackPlan
    state: Path
    passphrase: Path
    engine: docker.DockerClient
    steps: list[Step]

    def up(self, plan: StackPlan | None = None) -> stack.UpResult:
        return stack.up(plan or self.plan, self.state, self.passphrase, self.steps.append)

    def preview(self, plan: StackPlan | None = None) -> list[str]:
        return [change.text for change in stack.preview(plan or self.plan, self.state, self.passphrase)]

    def down(self, *, keep_data: bool = False) -> list[str]:
        return stack.down(self.plan.stack, DOCKER, self.state, self.passphrase, keep_data=keep_data)

    def container(self, host: str) -> docker.models.containers.Container:
        return self.engine.containers.get(f"gru-{self.plan.stack}-{host}")

    def run(self, host: str, script: str) -> str:
        code, output = self.container(host).exec_run(["/bin/sh", "-c", script])
        assert code == 0, output
        return str(output.decode())

    def everything(self) -> list[str]:
        """Names of whatever carries the stack's label."""
        return labelled(self.engine, self.plan.stack)


def labelled(engine: docker.DockerClient, name: str) -> list[str]:
    wanted = {"label": f"{LABEL_STACK}={name}"}
    return sorted(
        str(found.name)
        for listing in (
            engine.containers.list(all=True, filters=wanted),
            engine.networks.list(filters=wanted),
            engine.volumes.list(filters=wanted),
        )
        for found in listing
    )


def wipe_leftovers(engine: docker.DockerClient) -> None:
    """Remove what runs of these tests that were killed left: their address ranges would be taken."""
    names = set()
    for listing in (engine.containers.list(all=True), engine.networks.list(), engine.volumes.list()):
        for found in listing:
            labels = found.attrs.get("Labels") or found.attrs.get("Config", {}).get("Labels") or {}
            names.add(labels.get(LABEL_STACK, ""))
    for name in names:
        if name.startswith("essai-"):
            wipe(engine, name)


def wipe(engine: docker.DockerClient, name: str) -> None:
    """Remove what a test, or an earlier run of it that was cut short, made."""
    wanted = {"label": f"{LABEL_STACK}={name}"}
    for container in engine.containers.list(all=True, filters=wanted):
        container.remove(force=True, v=True)
    for network in engine.networks.list(filters=wanted):
        network.remove()
    for volume in engine.volumes.list(filters=wanted):
        volume.remove()


def tiny_root() -> bytes:
    """A root file system with a shell and nothing else, made from this machine's own files."""
    files = {"/sbin/init": (TINY_INIT, 0o755)}
    for program in ("sh", "sleep", "cat"):
        found = Path(shutil.which(program) or f"/bin/{program}")
        files[f"/bin/{program}"] = (found.resolve().read_bytes(), 0o755)
        listing = subprocess.run(["ldd", found], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+)", listing):
            files[library] = (Path(library).resolve().read_bytes(), 0o755)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, (content, mode) in files.items():
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode = len(content), mode
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
