"""A disk without room: what a directory holds lies, for a while, on a file system of a size of our choosing.

It is in the host's memory (tmpfs): the machine's own disk is never filled. What was written meanwhile is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.breakdowns.platform import Platform

SPARE_MIB = 64
"""Room left at first, above what is there."""
ENOUGH_MIB = 600
"""Room once the disk was made larger."""

_MOVE_IN = """
systemctl stop {unit}
used=$(du -sm {path} | cut -f1)
mkdir -p {aside}
mount -t tmpfs -o size=$((used + {spare}))M gru-small {aside}
cp -a {path}/. {aside}/
mount --bind {aside} {path}
umount {aside}
systemctl start {unit}
"""
_FILL = "dd if=/dev/zero of={path}/.gru-fill bs=64k status=none || true; df --output=avail {path}"
_GROW = "mount -o remount,size={size}M {path}; rm -f {path}/.gru-fill"
_MOVE_OUT = """
systemctl stop {unit}
rm -f {path}/.gru-fill
mount --bind {path} {aside}
umount {path}
find {path} -mindepth 1 -delete
cp -a {aside}/. {path}/
umount {aside}
systemctl start {unit}
"""


@dataclass(frozen=True)
class SmallDisk:
    """A directory that `unit` writes to, on the host of `function`."""

    platform: Platform
    function: str
    unit: str
    path: str

    def fill(self) -> None:
        """Leave no room at all, as somebody else's file would."""
        self._run(_FILL)

    def grow(self) -> None:
        """Make the disk larger, as an operator does; nothing is restarted."""
        self._run(_GROW, size=self._used() + ENOUGH_MIB)

    def _used(self) -> int:
        return int(self._run("du -sm {path}").split()[0])

    def _run(self, script: str, **values: object) -> str:
        given = {"unit": self.unit, "path": self.path, "aside": "/run/gru-small-disk", **values}
        return self.platform.on(self.function, script.format(**given))

    @contextmanager
    def used(self) -> Iterator[None]:
        """Move in, and out again at the end with all that was written."""
        self._run(_MOVE_IN, spare=SPARE_MIB)
        try:
            yield
        finally:
            self._run(_MOVE_OUT)
