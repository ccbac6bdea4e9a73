"""What READMEs and docs point at is there: paths in backticks, and relative links.

A path is looked for from the folder of the text, then from the root; a name alone (`forms.py`, `charte/`) anywhere in
the folder of the text, and for docs/ anywhere. In commands and in drawings, which hold words of many kinds, only words
that begin with a folder of the root are paths.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ("**/README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/**/*.md")

FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SUFFIXES = (".py", ".yml", ".yaml", ".md")

# Words with a slash or a suffix that are no path of the repository, and why.
NOT_PATHS = {
    r"https?://.*": "an address on the web",
    r"/.*": "a path of a host, or an address of a site",
    r"~/.*": "the operator's own folder",
    r".*[<>…*{}$].*": "a pattern, or a place to fill in",
    r"(pkg|sdk)/v3": "modules of Pulumi, in Go's own names",
    r"dist/uPlot\.\S+": "files of the archive that uPlot publishes",
}


def _files_and_folders() -> set[Path]:
    """What the repository holds; a folder without a file is not there. Hidden folders are the tools', but for .ci."""
    found = {ROOT}
    for folder, inside, names in os.walk(ROOT):
        inside[:] = [name for name in inside if name == ".ci" or not name.startswith((".", "__pycache__"))]
        if names:
            here = Path(folder)
            found |= {here, *(parent for parent in here.parents if parent.is_relative_to(ROOT))}
            found |= {here / name for name in names}
    return found


ALL = _files_and_folders()
FOLDERS = tuple(sorted(f"{path.name}/" for path in ALL if path.parent == ROOT and path.is_dir()))
FILES = sorted(text for pattern in TEXTS for text in ROOT.glob(pattern) if text in ALL)


def _is_path(word: str) -> bool:
    return ("/" in word or word.endswith(SUFFIXES)) and not any(re.fullmatch(no, word) for no in NOT_PATHS)


def paths_of(text: str) -> Iterator[str]:
    """Words of a text that are paths of the repository."""
    fenced = FENCE.findall(text)
    spans = SPAN.findall(FENCE.sub("", text))
    for span in spans:
        if " " not in span and "\n" not in span and "=" not in span:
            yield from filter(_is_path, [span])
        else:
            fenced.append(span)
    for words in fenced:
        yield from (word for word in re.split(r"[\s=`'\"(),:;]+", words) if word.startswith(FOLDERS) and _is_path(word))


def exists(path: str, text: Path) -> bool:
    """Whether the repository has it: from the text's folder or the root; a name alone, anywhere in that folder."""
    path = path.rstrip("/")
    if any((start / path).resolve() in ALL for start in (text.parent, ROOT)):
        return True
    scope = ROOT if text.is_relative_to(ROOT / "docs") else text.parent
    return "/" not in path and any(known.name == path and known.is_relative_to(scope) for known in ALL)


@pytest.mark.parametrize("text", FILES, ids=lambda text: str(text.relative_to(ROOT)))
def test_what_a_text_names_is_there(text: Path) -> None:
    gone = sorted({path for path in paths_of(text.read_text("utf-8")) if not exists(path, text)})
    assert not gone, f"{text.relative_to(ROOT)} names what is not there: {', '.join(gone)}"


@pytest.mark.parametrize("text", FILES, ids=lambda text: str(text.relative_to(ROOT)))
def test_relative_links_lead_somewhere(text: Path) -> None:
    targets = {link.split("#")[0] for link in LINK.findall(FENCE.sub("", text.read_text("utf-8")))}
    gone = sorted(t for t in targets if t and not re.match(r"(https?|mailto):", t) and not (text.parent / t).exists())
    assert not gone, f"{text.relative_to(ROOT)} links to what is not there: {', '.join(gone)}"


def test_a_name_of_the_former_release_is_seen() -> None:
    planted = (
        "Start with `vues.py`, then `guichet/README.md`; `cat guichet/vues.py`, https://exemple.fr/a.py, `/etc/hosts`."
    )
    found = list(paths_of(planted))
    assert [path for path in found if not exists(path, ROOT / "guichet" / "README.md")] == [
        "vues.py",
        "guichet/vues.py",
    ]
