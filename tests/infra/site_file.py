"""The shipped site, and the same with parts of its text replaced."""

from __future__ import annotations

from pathlib import Path

from infra.state import SOURCE_DIRECTORY

LOCAL = SOURCE_DIRECTORY / "stacks" / "local" / "site.yaml"


def changed(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """The shipped site with parts of its text replaced, once each."""
    text = LOCAL.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return path
