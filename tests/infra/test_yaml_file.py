"""A file that a town wrote is read in bounded time, or refused in words with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from infra.model.yaml_file import BYTES_MAX, YamlFault, read_yaml

ALIAS_BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{rank}: &a{rank} [{', '.join([f'*a{rank - 1}'] * 9)}]\n" for rank in range(1, 10)
)


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("nom: é\n".encode("utf-16"), None, "UTF-16"),
        ("nom: é\n".encode("utf-16-be"), None, "UTF-8"),
        ("a: b\nnom: Orléans\n".encode("latin-1"), 2, "peut-être un « é »"),
        (b"a: b\nc: d\x00\n", 2, "U+0000"),
        ("a: b\nc: \u200b\x07".encode(), 2, "U+0007"),
        (ALIAS_BOMB.encode(), None, "une fois suivis les renvois"),
        (b"a: &a {b: *a}", 1, "une fois suivis les renvois"),
        (b"[" * 100_000, 1, "trop de niveaux"),
        (b"a: 1\n" * 1_000_000, None, "5000 ko ; la limite est de 200 ko"),
        (b"a: 1\nb: 2\na: 3\n", 3, "« a » est écrit deux fois (déjà ligne 1)"),
        (b"a:\n  b: 1\n  b: 2\n", 3, "« b » est écrit deux fois (déjà ligne 2)"),
        (b"a: 1\nb: !!python/object:os.system x\n", 2, "n'est pas admise"),
        (b"a: 1\n---\nb: 2\n", 2, "un seul document"),
        (b"? [a, b]\n: c\n", 1, "une clé doit être un mot"),
        (b"a: b: c\n", 1, "deux « : »"),
        (b"a:\n\tb: c\n", 2, "tabulation"),
        (b'a: "b\n', None, "guillemet"),
        (b"a: " + b"9" * 5000, 1, "n'est ni un nombre"),
        (b"a: *b\n", 1, "ne mène nulle part"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value)[:20],
)
def test_what_is_no_plain_file_is_refused(tmp_path: Path, content: bytes, line: int | None, words: str) -> None:
    """Each with its line where there is one; the bombs would take the machine's memory."""
    path = tmp_path / "f.yaml"
    path.write_bytes(content)
    with pytest.raises(YamlFault) as fault:
        read_yaml(path)
    assert words in fault.value.sentence
    if line is not None:
        assert fault.value.line == line


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    """A folder, or nothing."""
    with pytest.raises(YamlFault, match="n'existe pas"):
        read_yaml(tmp_path / "absent.yaml")
    with pytest.raises(YamlFault, match="ce n'est pas un fichier"):
        read_yaml(tmp_path)


def test_a_file_as_long_as_is_allowed_is_read(tmp_path: Path) -> None:
    """Its values stay below their own limit too."""
    path = tmp_path / "f.yaml"
    path.write_text("".join(f"k{rank:05}: v\n" for rank in range(BYTES_MAX // 10 - 1000)), encoding="utf-8")
    assert len(read_yaml(path).value) == BYTES_MAX // 10 - 1000


def test_words_are_read_as_yaml_1_2_or_as_the_sites_do(tmp_path: Path) -> None:
    """`off` is a word in site.yaml; the files that hosts read keep the meaning they have there."""
    path = tmp_path / "f.yaml"
    path.write_text("a: off\nb: 22:30\nc: 2026-01-31\nd: true\ne: 12\nf:\n", encoding="utf-8")
    ours = {"a": "off", "b": "22:30", "c": "2026-01-31", "d": True, "e": 12, "f": None}
    assert read_yaml(path).value == ours
    theirs = {"a": False, "b": 1350, "c": date(2026, 1, 31), "d": True, "e": 12, "f": None}
    assert read_yaml(path, as_sites_do=True).value == theirs


def test_a_few_aliases_are_followed(tmp_path: Path) -> None:
    """An address written once; a byte order mark is no letter."""
    path = tmp_path / "f.yaml"
    path.write_text("\ufeffa: &mairie 1 place\nb: *mairie\n", encoding="utf-8")
    assert read_yaml(path).value == {"a": "1 place", "b": "1 place"}


def test_each_value_has_its_line(tmp_path: Path) -> None:
    """That of the key, of the element; that of the deepest part where the rest is missing."""
    path = tmp_path / "f.yaml"
    path.write_text("a:\n  - x\n  - y: 1\nb: 2\n", encoding="utf-8")
    written = read_yaml(path)
    assert [written.line(place) for place in (["a", 1, "y"], ["a", 1, "z"], ["a", 0], ["b"], ["c"])] == [3, 3, 2, 4, 1]
