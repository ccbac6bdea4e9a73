"""The module that writes a role's files, run by Ansible itself on this machine."""

from __future__ import annotations

import json
import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from tests.roles.playing import play_task

OWNER = pwd.getpwuid(os.getuid()).pw_name


def spec(**given: Any) -> dict[str, Any]:
    """A file's specification, owned by whoever runs the tests."""
    return {"owner": OWNER, "group": OWNER, **given}


def play(folder: Path, files: dict[str, dict[str, Any]], *options: str) -> dict[str, Any]:
    """Run one task and return its result."""
    return play_task(folder, {"gru_files": {"files": files}}, *options)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A folder with one template, beside the play."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "motd.j2").write_text("{% if town %}\nBonjour {{ town }}\n{% endif %}\n")
    return tmp_path


def test_writes_once_then_nothing(templates: Path) -> None:
    """A second run changes nothing, a change of mode or content is repaired."""
    target = templates / "deep" / "folder" / "motd"
    files = {str(target): spec(template="motd.j2", mode="0640")}
    assert play(templates, files)["changed_paths"] == [str(target)]
    assert target.read_text() == "Bonjour Admiville\n"
    assert target.stat().st_mode & 0o777 == 0o640
    assert play(templates, files)["changed"] is False
    target.chmod(0o666)
    assert play(templates, files)["changed_paths"] == [str(target)]
    assert target.stat().st_mode & 0o777 == 0o640


def test_check_mode_shows_and_touches_nothing(templates: Path) -> None:
    """In check mode the difference is told, not made; a secret's difference is not told."""
    plain, hidden = templates / "plain", templates / "hidden"
    files = {str(plain): spec(template="motd.j2"), str(hidden): spec(content="s3cret-value", secret=True)}
    result = play(templates, files, "--check", "--diff")
    assert set(result["changed_paths"]) == {str(plain), str(hidden)}
    assert not plain.exists()
    assert not hidden.exists()
    shown = json.dumps(result["diff"])
    assert "Bonjour Admiville" in shown
    assert "s3cret-value" not in shown


def test_kinds_replace_one_another(templates: Path) -> None:
    """A link, a file, a folder, then nothing, at the same place."""
    place = templates / "place"
    for given in (
        spec(state="link", content="/etc/hostname"),
        spec(content="x"),
        spec(state="directory"),
        spec(state="absent"),
    ):
        assert play(templates, {str(place): given})["changed"] is True
        assert play(templates, {str(place): given})["changed"] is False
    assert not place.exists()


def test_mistakes_are_refused_in_words(templates: Path) -> None:
    """An unknown key, an unknown owner or a relative path is refused, and says where."""
    place = str(templates / "x")
    assert "colour" in play(templates, {place: {"content": "x", "colour": "red"}})["msg"]
    assert "nobody-of-that-name" in play(templates, {place: {"content": "x", "owner": "nobody-of-that-name"}})["msg"]
    assert "relative" in play(templates, {"relative": {"content": "x"}})["msg"]
