"""Read `site.yaml` and say in words, with the line, what is wrong with it - before anything is touched."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError

from infra.model.site import Site
from infra.state import OperatorError
from infra.targets import SETTINGS, TARGETS

_KINDS = ", ".join(TARGETS)
_SENTENCES = {
    "missing": "cette clé manque",
    "int_type": "il faut un nombre entier",
    "int_parsing": "il faut un nombre entier",
    "bool_type": "il faut true ou false",
    "bool_parsing": "il faut true ou false",
    "string_type": "il faut un texte",
    "string_too_short": "le texte est vide",
    "dict_type": "il faut un bloc « clé: valeur »",
    "model_type": "il faut un bloc « clé: valeur »",
    "list_type": "il faut une liste",
    "too_short": "la liste est vide",
    "string_pattern_mismatch": "cette adresse électronique n'a pas la forme nom@domaine",
    "ip_v4_address": "il faut une adresse comme 172.30.10.12",
    "ip_v4_network": "il faut un réseau comme 172.30.10.0/24",
    "union_tag_not_found": f"il manque « kind » ; choix possibles : {_KINDS}",
}


class SiteError(OperatorError):
    """The site's description cannot be used. The message is French, one problem a line."""


def load_site(path: Path) -> Site:
    """Return the site described at `path`.

    Raises:
        SiteError: the file is missing, is not YAML, or says something the model refuses.
    """
    yaml = YAML(typ="rt")
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SiteError(f"{path} n'existe pas. Les sites sont les dossiers de stacks/.") from None
    except DuplicateKeyError as error:
        raise SiteError(_duplicate(path, error)) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise SiteError(f"{path}, ligne {line} : ce n'est pas du YAML lisible ({error.problem}).") from None
    if not isinstance(tree, CommentedMap):
        raise SiteError(f"{path} : le fichier doit contenir des lignes « clé: valeur ».")
    try:
        return Site.model_validate(_plain(tree))
    except ValidationError as error:
        raise SiteError("\n".join(_in_words(path, tree, item) for item in error.errors())) from None


def export_schema(path: Path) -> None:
    """Write the JSON Schema that editors use to complete and check `site.yaml`."""
    schema = json.dumps(Site.model_json_schema(), ensure_ascii=False, indent=2, sort_keys=True)
    path.write_text(schema + "\n", encoding="utf-8")


def _plain(node: Any) -> Any:
    if isinstance(node, CommentedMap):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value) for value in node]
    return node


def _duplicate(path: Path, error: DuplicateKeyError) -> str:
    mark = error.problem_mark
    line = mark.line + 1 if mark else "?"
    key = (error.problem or "").split('"')[1] if '"' in (error.problem or "") else "?"
    return f"{path}, ligne {line} : « {key} » est écrit deux fois ; deux hôtes ne peuvent pas avoir le même nom."


def _in_words(path: Path, tree: CommentedMap, item: Any) -> str:
    location = _written(item["loc"])
    kind = item["type"]
    where = ".".join(str(part) for part in location) or "le site"
    # Rules over the whole site all speak of hosts.
    line = _line(tree, location or ["hosts"])
    if kind == "extra_forbidden":
        owner = _target_of(location)
        if owner:
            return f"{path}, ligne {line} : « {where} » ne vaut que pour la cible « {owner} » : retirez cette ligne."
        return f"{path}, ligne {line} : clé inconnue « {where} ».{_suggestion(location)}"
    if kind == "value_error":
        sentence = str(item["ctx"]["error"])
    elif kind in ("literal_error", "enum"):
        choices = item["ctx"]["expected"].replace(" or ", " ou ")
        sentence = f"« {item['input']} » n'est pas permis ; choix possibles : {choices}"
    elif kind == "union_tag_invalid":
        sentence = f"« {item['ctx']['tag']} » n'est pas une cible ; choix possibles : {_KINDS}"
    elif kind in ("greater_than_equal", "less_than_equal"):
        bound = item["ctx"].get("ge", item["ctx"].get("le"))
        sentence = f"{item['input']} est hors limites (limite : {bound})"
    else:
        sentence = _SENTENCES.get(kind, item["msg"])
    return f"{path}, ligne {line} : {where} : {sentence}."


def _written(location: tuple[Any, ...]) -> list[Any]:
    """A place as the file writes it: pydantic puts the kind of target chosen after ``target``."""
    return [
        part for rank, part in enumerate(location) if not (rank == 1 and location[0] == "target" and part in TARGETS)
    ]


def _target_of(location: list[Any]) -> str | None:
    """The kind of target that has this key of ``target``, if there is one."""
    if location[:1] != ["target"] or len(location) != 2:
        return None
    return next((kind for kind, settings in SETTINGS.items() if location[1] in settings.model_fields), None)


def _line(tree: CommentedMap, location: list[Any]) -> int:
    """One-based line of the deepest part of `location` that the file holds."""
    node: Any = tree
    line = 1
    for part in location:
        if isinstance(node, CommentedMap) and part in node:
            line = node.lc.key(part)[0] + 1
            node = node[part]
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            line = node.lc.item(part)[0] + 1
            node = node[part]
        else:
            break
    return line


def _suggestion(location: list[Any]) -> str:
    names: set[str] = set(Site.model_fields)
    for model in Site.model_json_schema()["$defs"].values():
        names |= set(model.get("properties", {}))
    close = difflib.get_close_matches(str(location[-1]), sorted(names), n=1)
    return f" Vouliez-vous dire « {close[0]} » ?" if close else ""
