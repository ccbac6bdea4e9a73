"""Name the services that run on libraries whose files were replaced; ``systemd-manager`` for systemd itself.

Debian's needrestart names the same, but not those of other accounts than root where the host is a container.
"""

from __future__ import annotations

import re
from pathlib import Path

REPLACED = re.compile(r" /(?:usr|lib)\S*\.so[\d.]* \(deleted\)$", re.M)
SESSION = re.compile(rb"^sshd(?:-session)?: (?!.*\[listener\])")
"""Somebody who is in, ours included: restarting the service changes nothing for them."""
UNIT = re.compile(r"^0::.*?/([^/]+\.service)(?:/|$)", re.M)


def main() -> None:
    """Read what each process has mapped, and to which unit it belongs (cgroup v2, systemd.exec(5))."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if SESSION.search((folder / "cmdline").read_bytes()) or not REPLACED.search((folder / "maps").read_text()):
                continue
            unit = UNIT.search((folder / "cgroup").read_text())
        except OSError:  # it has ended
            continue
        if folder.name == "1":
            found.add("systemd-manager")
        elif unit:
            found.add(unit[1])
    print("\n".join(sorted(found)))


if __name__ == "__main__":
    main()
