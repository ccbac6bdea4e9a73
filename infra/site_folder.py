"""What a town wrote beside site.yaml, checked before anything is touched: procedures, workflows, services, charter.

The rules are the applications' own, known here by the name of two modules: what passes here passes on hosts. What is
added is where each fault is, and that no file can take the machine's memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from infra.model import Site
from infra.model.yaml_file import YamlFault, YamlFile, read_text, read_yaml
from infra.state import Stack

PROCEDURES = "guichet.demarches.dossier"
CHARTER = "socle.charte.verification"


def faults(stack: Stack, site: Site) -> Iterator[str]:
    """A French sentence for each fault, with its file and line."""
    del site
    yield from faults_of(stack.site_directory)


def faults_of(folder: Path) -> Iterator[str]:
    """The same for a site's folder, whatever its site.yaml says."""
    yield from _faults_of_procedures(folder)
    yield from _faults_of_charter(folder / "charte")


def _faults_of_procedures(folder: Path) -> Iterator[str]:
    rules: Any = import_module(PROCEDURES)
    written: dict[str, YamlFile] = {}
    unread: list[str] = []
    for name in (rules.DEMARCHES, rules.WORKFLOWS):
        for path in sorted((folder / name).glob("*.yml")):
            yield f"{path} : ce fichier ne sera pas lu ; son nom doit finir par « .yaml »"
    for path in rules.fichiers_de(folder):
        place = str(path.relative_to(folder))
        try:
            written[place] = read_yaml(path, as_sites_do=True)
        except YamlFault as fault:
            unread.append(place)
            yield _told(path, fault.line, fault.sentence)
    found = rules.lire_site({place: file.value for place, file in written.items()}, absents=unread)
    for wrong in found.fautes:
        yield _told(folder / wrong.fichier, _line(written[wrong.fichier], wrong.chemin, wrong.phrase), wrong.phrase)


def _faults_of_charter(folder: Path) -> Iterator[str]:
    rules: Any = import_module(CHARTER)
    tokens, logo = folder / "charte.yaml", folder / "logo.svg"
    try:
        written = read_yaml(tokens, as_sites_do=True)
        for keys, sentence in rules.fautes_des_jetons(written.value):
            yield _told(tokens, _line(written, keys, sentence), sentence)
    except YamlFault as fault:
        yield _told(tokens, fault.line, fault.sentence)
    try:
        for line, sentence in rules.fautes_du_logo(read_text(logo, rules.LOGO_OCTETS_MAX)):
            yield _told(logo, line, sentence)
    except YamlFault as fault:
        yield _told(logo, fault.line, fault.sentence)


def _told(path: Path, line: int | None, sentence: str) -> str:
    where = f"{path}, ligne {line}" if line else str(path)
    return f"{where} : {sentence}"


def _line(written: YamlFile, keys: tuple[str | int, ...], sentence: str) -> int | None:
    """Line of the keys; for a rule over the whole file, that of the first key or value it quotes."""
    if keys:
        return written.line(keys)
    for word in re.findall(r"« (.+?) »", sentence):
        if (place := tuple(word.split("."))) in written.lines:
            return written.line(place)
        if places := [place for place in written.lines if _value(written, place) == word]:
            return written.line(places[-1])
    return None


def _value(written: YamlFile, place: tuple[str | int, ...]) -> Any:
    value = written.value
    for part in place:
        value = value[part]
    return value
