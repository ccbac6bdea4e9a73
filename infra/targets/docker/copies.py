"""Copies of a site on this machine, for the time of a drill: where they are, how they are cut off from the world."""

from __future__ import annotations

import zlib
from typing import Any

from docker.errors import ContainerError

from infra.targets.docker.client import client, explained
from infra.targets.docker.target import container_name
from infra.targets.errors import TargetError


def settings(stack: str) -> dict[str, Any]:
    """``target:`` of a copy: its own network and address, the same each time; few copies of one machine meet."""
    rank = zlib.crc32(stack.encode()) % 200 + 20
    return {"kind": "docker", "network": f"10.213.{rank}.0/24", "publish_address": f"127.213.{rank}.1"}


def cut_off(stack: str, host: str, image: str, keep: str = "") -> None:
    """Take the routes out of a host that runs; only the address `keep` stays within reach, if any.

    Another container does, for a moment, in its network: nothing in the host puts them back.

    Raises:
        TargetError: Docker refuses, or a way out is left.
    """
    kept = f'ip route add {keep}/32 via "$way" && ' if keep else ""
    script = (
        "way=$(ip route show default | cut -d' ' -f3); "
        f'if [ -n "$way" ]; then {kept}ip route del default; fi; ip -6 route del default 2>/dev/null; '
        'test -z "$(ip route show default)$(ip -6 route show default)"'
    )
    with explained("couper la copie du monde"):
        try:
            client().containers.run(
                image,
                ["-c", script],
                entrypoint="/bin/sh",
                network_mode=f"container:{container_name(stack, host)}",
                cap_add=["NET_ADMIN"],
                remove=True,
            )
        except ContainerError as error:
            raise TargetError(f"la copie garde un chemin vers l'extérieur ({error.stderr!r})") from error
