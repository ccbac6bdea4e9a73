"""Public names of a local stack in the operator's /etc/hosts, in a block that `gru down` takes away."""

from __future__ import annotations

from pathlib import Path

HOSTS_FILE = Path("/etc/hosts")


def set_names(stack: str, address: str, names: list[str], path: Path = HOSTS_FILE) -> bool:
    """Make `names` resolve to `address`. Return whether the file changed. Raises OSError without the right."""
    return _replace_block(path, stack, [f"{address} {' '.join(sorted(names))}"])


def remove_names(stack: str, path: Path = HOSTS_FILE) -> bool:
    """Take the stack's block away. Return whether the file changed."""
    return _replace_block(path, stack, [])


def _replace_block(path: Path, stack: str, lines: list[str]) -> bool:
    begin, end = f"# gru {stack} : début", f"# gru {stack} : fin"
    before = path.read_text(encoding="utf-8")
    kept: list[str] = []
    inside = False
    for line in before.splitlines():
        if line == begin:
            inside = True
        if not inside:
            kept.append(line)
        if line == end:
            inside = False
    block = [begin, *lines, end] if lines else []
    after = "\n".join([*kept, *block]) + "\n"
    if after == before:
        return False
    # Written in place: /etc/hosts is often a bind mount, which cannot be renamed over.
    path.write_text(after, encoding="utf-8")
    return True
