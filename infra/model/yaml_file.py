"""Read a YAML file that a town wrote: bounded, plain values, and the line of each, so that mistakes can be told.

Nothing here depends on what the file is about. Refused before anything is built: what is not UTF-8, what is too big or
too deep for its purpose (an alias bomb is a few lines long), tags, several documents, a key written twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

BYTES_MAX = 200_000
"""The longest file of the shipped site has 16,000."""
VALUES_MAX = 20_000
"""Values once aliases are followed."""
DEPTH_MAX = 40

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UTF_16_AND_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")

Location = tuple[str | int, ...]


class YamlFault(Exception):
    """Why a file cannot be used: a French sentence without its final stop, and the line (from 1) where there is one."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line


@dataclass
class YamlFile:
    """What a file says. `lines` gives the line (from 1) of each key and element, by its place."""

    value: Any
    lines: dict[Location, int | None] = field(default_factory=dict)

    def line(self, place: Iterable[str | int]) -> int:
        """Line of the deepest part of `place` that the file holds."""
        whole = tuple(place)
        return next((line for end in range(len(whole), 0, -1) if (line := self.lines.get(whole[:end]))), 1)


class _Yaml11(yaml.CSafeLoader):
    """Words as PyYAML reads them, which the sites do: ``oui`` is a text, ``yes`` is true, 2026-01-31 a date."""


class _Yaml12(yaml.CSafeLoader):
    """Words as YAML 1.2 reads them: ``off`` and 22:30 are texts, only ``true`` and ``false`` are not."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own


for _word, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?[0-9]+\.[0-9]+([eE][-+]?[0-9]+)?", list("-+0123456789")),
):
    _Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{_word}", re.compile(f"^({_pattern})$"), _first)


def read_yaml(path: Path, *, as_sites_do: bool = False) -> YamlFile:
    """What the file at `path` says; `as_sites_do` reads words as the sites do on hosts (YAML 1.1).

    Raises:
        YamlFault: the file cannot be read, or is not what a town may write.
    """
    text = read_text(path)
    loader = _Yaml11 if as_sites_do else _Yaml12
    try:
        _refuse_what_is_no_plain_data(yaml.parse(text, Loader=loader))
        return _Builder(loader(text), as_sites_do=as_sites_do).build()
    except yaml.MarkedYAMLError as error:
        told = f"ce n'est pas du YAML lisible ({_in_french(error.problem)})"
        raise YamlFault(told, _line(error.problem_mark)) from None
    except yaml.YAMLError as error:
        raise YamlFault(f"ce n'est pas du YAML lisible ({error})") from None


def read_text(path: Path, limit: int = BYTES_MAX) -> str:
    """The text of a file in UTF-8, with or without its mark, of `limit` bytes at most. Raises YamlFault."""
    try:
        if not path.exists():
            raise YamlFault("ce fichier n'existe pas")
        if not path.is_file():
            raise YamlFault("ce n'est pas un fichier")
        if (size := path.stat().st_size) > limit:
            raise YamlFault(f"le fichier fait {size // 1000} ko ; la limite est de {limit // 1000} ko")
        content = path.read_bytes()
    except OSError as error:
        raise YamlFault(f"le fichier ne se lit pas ({error.strerror}) : vérifiez ses droits") from None
    if content.startswith(_UTF_16_AND_32):
        raise YamlFault("le fichier est en UTF-16 ou en UTF-32 : enregistrez-le en UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        seen = content[error.start : error.end].decode("latin-1")
        if b"\0" in content or not seen.isprintable():
            raise YamlFault("ce n'est pas un fichier de texte en UTF-8") from None
        line = content[: error.start].count(b"\n") + 1
        raise YamlFault(
            f"le fichier n'est pas en UTF-8 (il y a peut-être un « {seen} » de Latin-1 ou de Windows) :"
            " enregistrez-le en UTF-8",
            line,
        ) from None
    if odd := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise YamlFault(f"il y a là un caractère invisible (code U+{ord(odd[0]):04X}) : effacez-le", line)
    return text


def _refuse_what_is_no_plain_data(events: Iterator[yaml.Event]) -> None:
    """Before anything is built: the C library would follow whatever depth it is given."""
    depth = documents = 0
    for event in events:
        line = _line(event.start_mark)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise YamlFault("un seul document par fichier : retirez « --- »", line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_MAX:
            raise YamlFault(f"trop de niveaux imbriqués (la limite est de {DEPTH_MAX})", line)
        if (tag := getattr(event, "tag", None)) not in (None, "!"):
            raise YamlFault(f"l'étiquette « {tag} » n'est pas admise : écrivez la valeur seule", line)


def _line(mark: Any) -> int | None:
    """As editors count; None where the library does not know."""
    return int(mark.line) + 1 if mark else None


class _Builder:
    """Values and lines from a tree of nodes, aliases followed as long as they stay few."""

    def __init__(self, loader: Any, *, as_sites_do: bool) -> None:
        self._loader = loader
        self._typed_keys = as_sites_do
        self._values = 0
        self._lines: dict[Location, int | None] = {}

    def build(self) -> YamlFile:
        try:
            node = self._loader.get_single_node()
            value = None if node is None else self._value(node, ())
        finally:
            self._loader.dispose()
        return YamlFile(value, self._lines)

    def _value(self, node: yaml.Node, place: Location) -> Any:
        line = _line(node.start_mark)
        self._values += 1
        if self._values > VALUES_MAX or len(place) > DEPTH_MAX:
            raise YamlFault("trop de valeurs, une fois suivis les renvois (« *nom ») : écrivez-les en clair", line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            found = []
            for rank, item in enumerate(node.value):
                self._lines[*place, rank] = _line(item.start_mark)
                found.append(self._value(item, (*place, rank)))
            return found
        try:
            return self._loader.construct_object(node)
        except (ValueError, OverflowError):
            raise YamlFault(f"« {node.value[:40]} » n'est ni un nombre ni une date qui existe", line) from None

    def _mapping(self, node: yaml.MappingNode, place: Location) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, item in node.value:
            line = _line(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                raise YamlFault("une clé doit être un mot", line)
            if key.tag == "tag:yaml.org,2002:merge":
                raise YamlFault("« << » n'est pas admis : écrivez chaque clé", line)
            name = self._value(key, place) if self._typed_keys else key.value
            if name in found:
                raise YamlFault(f"« {name} » est écrit deux fois (déjà ligne {self._lines[*place, name]})", line)
            self._lines[*place, name] = line
            found[name] = None
            found[name] = self._value(item, (*place, name))
        return found


_WORDS = {
    "mapping values are not allowed": "deux « : » sur une ligne, ou un décalage",
    "could not find expected ':'": "il manque « : »",
    "did not find expected key": "une ligne est décalée, ou un guillemet manque",
    "did not find expected '-' indicator": "un tiret de liste manque ou est décalé",
    "did not find expected ',' or": "un crochet ou une accolade n'est pas refermé",
    "found character that cannot start any token": "tabulation, ou signe à mettre entre guillemets",
    "found unexpected end of stream": "un guillemet n'est pas refermé",
    "found undefined alias": "un renvoi « *nom » ne mène nulle part",
    "did not find expected node content": "une valeur manque",
}


def _in_french(problem: str | None) -> str:
    """The library's own words, where none of ours fits."""
    return next((ours for theirs, ours in _WORDS.items() if theirs in (problem or "")), problem or "sans précision")
