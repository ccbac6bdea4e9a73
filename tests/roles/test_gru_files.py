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


def test_what_not_everybody_reads_is_never_shown(templates: Path) -> None:
    """A file's own mode says that it is no secret; no result holds a content, even of a task that hides nothing."""
    private, before = templates / "private", templates / "before"
    before.write_text("s3cret-before\n")
    before.chmod(0o600)
    files = {
        str(private): spec(content="s3cret-value", mode="0640"),
        str(before): spec(content="written for all\n"),
    }
    result = play(templates, files, "--check", "--diff", "-vvv")
    assert result["changes"] == {str(private): "created", str(before): "content"}
    shown = json.dumps(result)
    assert "s3cret" not in shown
    assert "written for all" not in shown


def test_what_happens_to_a_path_is_said_in_a_word(templates: Path) -> None:
    """Created, changed, given back its rights, removed."""
    place = templates / "place"
    place.write_text("x")
    place.chmod(0o600)
    assert play(templates, {str(place): spec(content="x")})["changes"] == {str(place): "rights"}
    assert play(templates, {str(place): spec(content="y")})["changes"] == {str(place): "content"}
    assert play(templates, {str(place): spec(state="absent")})["changes"] == {str(place): "removed"}
    assert play(templates, {str(place): spec(state="directory")})["changes"] == {str(place): "created"}


def test_a_failure_says_which_file_and_why_without_its_content(templates: Path) -> None:
    """The operator can act: the path and the system's reason."""
    (templates / "file").write_text("")
    result = play(templates, {str(templates / "file" / "under"): spec(content="s3cret-value")})
    assert str(templates / "file") in result["msg"]
    assert "s3cret" not in json.dumps(result)


def test_what_others_are_about_to_change_counts_as_changed(templates: Path) -> None:
    """The tasks that follow write it by other means; who must be told is told as for a file."""
    settings = templates / "settings"
    task = {"files": {str(settings): spec(content="x")}, "owing": ["/etc/ssl/elsewhere.pem"]}
    result = play_task(templates, {"gru_files": task})
    assert result["changed_paths"] == [str(settings), "/etc/ssl/elsewhere.pem"]
    result = play_task(templates, {"gru_files": task})
    assert result["changes"] == {"/etc/ssl/elsewhere.pem": "content"}
    assert not play_task(templates, {"gru_files": {**task, "owing": []}})["changed"]
