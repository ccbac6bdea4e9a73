"""Read `site.yaml` and say in words, with the line, what is wrong with it - before anything is touched."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from infra.model.backup import BACKUPS
from infra.model.certificate import CERTIFICATES
from infra.model.site import SITE_RULE, Site
from infra.model.state_location import STATE_KINDS, HereState, PostgresqlState, S3State, StateLocation
from infra.model.yaml_file import YamlFault, YamlFile, read_yaml
from infra.state import OperatorError
from infra.targets import SETTINGS

_STATE: TypeAdapter[HereState | S3State | PostgresqlState] = TypeAdapter(StateLocation)
_KINDS = {
    "target": tuple(SETTINGS),
    "certificate": tuple(CERTIFICATES),
    "state": STATE_KINDS,
    "backup": tuple(BACKUPS),
}
"""Blocks of site.yaml whose keys depend on their `kind`, and the kinds each may have."""
_MODELS: dict[str, tuple[str, Mapping[str, type[BaseModel]]]] = {
    "target": ("la cible", SETTINGS),
    "certificate": ("le certificat", CERTIFICATES),
    "backup": ("la sauvegarde", BACKUPS),
}
"""What an operator calls some of these blocks, and the model of each of their kinds."""

_SENTENCES = {
    "missing": "cette clé manque",
    "int_type": "il faut un nombre entier",
    "int_parsing": "il faut un nombre entier",
    "bool_type": "il faut true ou false",
    "bool_parsing": "il faut true ou false",
    "string_type": "il faut un texte",
    "string_too_short": "le texte est vide",
    "string_too_long": "le texte est trop long",
    "int_from_float": "il faut un nombre entier",
    "int_parsing_size": "ce nombre est trop grand",
    "float_type": "il faut un nombre",
    "float_parsing": "il faut un nombre",
    "model_attributes_type": "il faut un bloc « clé: valeur »",
    "dict_type": "il faut un bloc « clé: valeur »",
    "model_type": "il faut un bloc « clé: valeur »",
    "list_type": "il faut une liste",
    "too_short": "la liste est vide",
    "string_pattern_mismatch": "cette adresse électronique n'a pas la forme nom@domaine",
    "ip_v4_address": "il faut une adresse comme 172.30.10.12",
    "ip_v6_address": "il faut une adresse comme 2001:db8::12",
    "date_from_datetime_parsing": "il faut une date comme 2026-01-31",
    "date_type": "il faut une date comme 2026-01-31",
    "ip_v4_network": "il faut un réseau comme 172.30.10.0/24",
    "ip_v6_network": "il faut un réseau comme 2001:db8::/32",
    "ip_any_address": "il faut une adresse comme 192.0.2.53",
}

_OTHERWISE = "cette valeur ne convient pas (voir stacks/README.md)"


class SiteError(OperatorError):
    """The site's description cannot be used. The message is French, one problem a line."""


def load_site(path: Path) -> Site:
    """Return the site described at `path`.

    Raises:
        SiteError: the file is missing, is not YAML, or says something the model refuses.
    """
    try:
        written = read_yaml(path)
    except YamlFault as fault:
        if not path.exists():
            raise SiteError(f"{path} n'existe pas. Les sites sont les dossiers de stacks/.") from None
        where = f"{path}, ligne {fault.line}" if fault.line else str(path)
        raise SiteError(f"{where} : {fault.sentence}.") from None
    if not isinstance(written.value, dict):
        raise SiteError(f"{path} : le fichier doit contenir des lignes « clé: valeur ».")
    try:
        return Site.model_validate(written.value)
    except ValidationError as error:
        raise SiteError("\n".join(_on_a_line(_in_words(path, written, item)) for item in error.errors())) from None


def load_state_location(path: Path) -> HereState | S3State | PostgresqlState:
    """Where the site's state lives, even if the rest of its description cannot be used: to look at what runs.

    Raises:
        SiteError: the file cannot be read, or says of its state something that the model refuses.
    """
    try:
        tree = read_yaml(path).value
        block = tree.get("state") if isinstance(tree, dict) else None
        return HereState() if block is None else _STATE.validate_python(block)
    except (YamlFault, ValidationError):
        return load_site(path).state


def export_schema(path: Path) -> None:
    """Write the JSON Schema that editors use to complete and check `site.yaml`."""
    schema = json.dumps(Site.model_json_schema(), ensure_ascii=False, indent=2, sort_keys=True)
    path.write_text(schema + "\n", encoding="utf-8")


def _on_a_line(sentence: str) -> str:
    """The sentence without what a value that it repeats would do to the terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in sentence)


def _in_words(path: Path, written: YamlFile, item: Any) -> str:
    location = _written(item["loc"])
    kind = item["type"]
    where = ".".join(str(part) for part in location) or "le site"
    # Rules over the whole site all speak of hosts.
    line = written.line(location or ["hosts"])
    if kind == "extra_forbidden":
        owner = _owner_of(location)
        if owner:
            return f"{path}, ligne {line} : « {where} » ne vaut que pour {owner} : retirez cette ligne."
        return f"{path}, ligne {line} : clé inconnue « {where} ».{_suggestion(location)}"
    if kind == "value_error":
        sentence = str(item["ctx"]["error"])
    elif kind == SITE_RULE:
        sentence = item["msg"]
    elif kind == "string_pattern_mismatch" and "@" not in item["ctx"]["pattern"]:
        sentence = f"« {str(item['input'])[:60]} » a des signes ou une forme qui ne vont pas ici"
    elif kind in ("literal_error", "enum"):
        choices = item["ctx"]["expected"].replace(" or ", " ou ")
        sentence = f"« {str(item['input'])[:60]} » n'est pas permis ; choix possibles : {choices}"
    elif kind == "union_tag_invalid":
        what = "une cible" if where == "target" else "permis"
        sentence = f"« {item['ctx']['tag']} » n'est pas {what} ; choix possibles : {', '.join(_KINDS.get(where, ()))}"
    elif kind == "union_tag_not_found":
        sentence = f"il manque « kind » ; choix possibles : {', '.join(_KINDS.get(where, ()))}"
    elif kind in ("greater_than_equal", "less_than_equal"):
        bound = item["ctx"].get("ge", item["ctx"].get("le"))
        sentence = f"{item['input']} est hors limites (limite : {bound})"
    else:
        sentence = _SENTENCES.get(kind, _OTHERWISE)
    return f"{path}, ligne {line} : {where} : {sentence}."


def _written(location: tuple[Any, ...]) -> list[Any]:
    """A place as the file writes it: pydantic adds the kind chosen, and which of several shapes it tried."""
    kinds = _KINDS.get(str(location[0]), ()) if location else ()
    return [part for rank, part in enumerate(location) if not (rank == 1 and part in kinds) and "[" not in str(part)]


def _owner_of(location: list[Any]) -> str | None:
    """The kind that has this key of a block with kinds, if there is one."""
    if len(location) != 2 or location[0] not in _MODELS:
        return None
    word, models = _MODELS[location[0]]
    return next((f"{word} « {kind} »" for kind, model in models.items() if location[1] in model.model_fields), None)


def _suggestion(location: list[Any]) -> str:
    names: set[str] = set(Site.model_fields)
    for model in Site.model_json_schema()["$defs"].values():
        names |= set(model.get("properties", {}))
    close = difflib.get_close_matches(str(location[-1]), sorted(names), n=1)
    return f" Vouliez-vous dire « {close[0]} » ?" if close else ""
