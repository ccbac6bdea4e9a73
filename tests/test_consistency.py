"""What nothing names any more is found here: templates that no page uses, `{% load %}` that serve nothing.

All is computed from the tree, without Django: a template that moves with what names it stays right.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPLICATIONS = ("guichet", "consultation", "socle")

# Found by Django, Wagtail or a library under a name of theirs, that no code of ours says.
NAMED_ELSEWHERE = re.compile(r"^(40[0-9]|500|wagtail\w*/.*|forms/.*|django/forms/.*)(\.html|/.*)?$")
# Tags and filters of libraries that are not ours.
FOREIGN = {
    "static": {"static", "get_static_prefix", "get_media_prefix"},
    "humanize": {"intcomma", "intword", "naturalday", "naturaltime", "ordinal", "apnumber"},
    "i18n": {"translate", "trans", "blocktranslate", "blocktrans", "language", "get_current_language"},
    "l10n": {"localize", "unlocalize", "localise"},
    "tz": {"localtime", "timezone", "utc", "get_current_timezone"},
    "wagtailadmin_tags": {"component", "icon"},
    "wagtailcore_tags": {"pageurl", "fullpageurl", "slugurl", "include_block", "richtext", "wagtail_site"},
    "wagtailimages_tags": {"image", "image_url", "srcset_image", "picture"},
}
REGISTERING = {"filter", "tag", "simple_tag", "inclusion_tag", "simple_block_tag"}


def templates() -> list[Path]:
    """Every template of ours."""
    return sorted(
        path
        for application in APPLICATIONS
        for folder in (ROOT / application).glob("**/templates")
        for path in folder.rglob("*")
        if path.suffix in (".html", ".txt", ".xml", ".svg", ".json")
    )


def name_of(path: Path) -> str:
    """The name under which Django finds a template: what follows its `templates` folder."""
    text = path.as_posix()
    return text.rpartition("/templates/")[2]


def said() -> set[str]:
    """Whatever may name a template: strings of the code (`{}` is what is computed), quoted words of templates."""
    words: set[str] = set()
    for application in APPLICATIONS:
        for path in (ROOT / application).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    words.add(node.value)
                elif isinstance(node, ast.JoinedStr):
                    words.add("".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values))
    for path in templates():
        words |= set(re.findall(r"""["']([^"'\s]+)["']""", path.read_text(encoding="utf-8")))
    return words


def is_named() -> Callable[[str], bool]:
    """Tell whether a template is named: whole, or by a name made of parts.

    Of ``f"agents/{what}.html"``, any template of that folder may be meant. Of ``f"{mail}_sujet.txt"``, those whose
    beginning is said somewhere, whole or in such a way.
    """
    words = said()
    made = [re.split(r"\{\}|%s", word) for word in words if re.search(r"\{\}|%s", word)]
    inner = [re.compile("[^/]+".join(map(re.escape, parts))) for parts in made if re.match(r"\w+/", parts[0])]
    endings = {parts[1] for parts in made if len(parts) == 2 and not parts[0] and re.search(r"\.[a-z]+$", parts[1])}

    def told(name: str) -> bool:
        return name in words or any(shape.fullmatch(name) for shape in inner)

    return lambda name: (
        told(name) or any(name.endswith(ending) and told(name.removesuffix(ending)) for ending in endings)
    )


def registered(path: Path) -> set[str]:
    """Names of the tags and filters that a library of ours registers."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            found |= {name for mark in node.decorator_list if (name := _registered_name(mark, node.name))}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in REGISTERING:
            found |= {one.value for one in node.args[:1] if isinstance(one, ast.Constant)}
    return found


def _registered_name(mark: ast.expr, function: str) -> str:
    call = mark.func if isinstance(mark, ast.Call) else mark
    if not (isinstance(call, ast.Attribute) and call.attr in REGISTERING):
        return ""
    for keyword in mark.keywords if isinstance(mark, ast.Call) else []:
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return function


def libraries() -> dict[str, set[str]]:
    """What each library offers; those of the same name are one."""
    found: dict[str, set[str]] = {name: set(offered) for name, offered in FOREIGN.items()}
    for application in APPLICATIONS:
        for path in (ROOT / application).glob("**/templatetags/*.py"):
            found.setdefault(path.stem, set()).update(registered(path))
    return found


def used(text: str) -> set[str]:
    """Names that a template uses as tags or filters."""
    tags = set(re.findall(r"\{%-?\s*(\w+)", text))
    inside = " ".join(re.findall(r"\{[{%].*?[%}]\}", text, flags=re.S))
    return tags | set(re.findall(r"\|\s*(\w+)", inside))


def dead_templates() -> list[str]:
    """Templates that nothing names."""
    told = is_named()
    return [
        path.relative_to(ROOT).as_posix()
        for path in templates()
        if not told(name := name_of(path)) and not NAMED_ELSEWHERE.match(name)
    ]


def test_every_template_is_named_somewhere() -> None:
    """A template that nothing names is dead: remove it."""
    assert dead_templates() == []


def useless_loads() -> list[str]:
    """`{% load %}` of which the template uses no tag nor filter."""
    offered = libraries()
    useless = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        for loaded in re.findall(r"\{%-?\s*load\s+([^%]+?)\s*-?%\}", text):
            for library in loaded.partition(" from ")[2].split() or loaded.split():
                assert library in offered, f"{path}: say in FOREIGN what {library} offers"
                if not offered[library] & used(text):
                    useless.append(f"{path.relative_to(ROOT).as_posix()}: {library}")
    return useless


def test_every_load_serves() -> None:
    """A library that is loaded gives a tag or a filter to the template that loads it."""
    assert useless_loads() == []


def missing_loads() -> list[str]:
    """Tags and filters of our own libraries that a template uses without loading the library."""
    ours = {name: found for name, found in libraries().items() if name not in FOREIGN}
    homes = {word: {name for name, found in ours.items() if word in found} for found in ours.values() for word in found}
    missing = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        loaded = {word for load in re.findall(r"\{%-?\s*load\s+([^%]+?)\s*-?%\}", text) for word in load.split()}
        for word in sorted(used(text) & homes.keys()):
            if not homes[word] & loaded:
                missing.append(f"{path.relative_to(ROOT).as_posix()}: {word}, of {', '.join(sorted(homes[word]))}")
    return missing


def test_every_filter_is_loaded() -> None:
    """Django finds a filter only in the libraries that the template itself loads, whatever includes it."""
    assert missing_loads() == []
