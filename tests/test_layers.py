"""Knowledge flows one way: who may import whom, from the top of the house to the inside of each application.

Read from the source with `ast`: imports under `if TYPE_CHECKING:` are words for the type checker and do not count;
imports inside functions do. Paths in strings (settings, URL tables, `import_string`) are wiring, not knowledge.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What each part of the house may know besides itself.
HOUSE: dict[str, set[str]] = {
    "socle": set(),
    "infra": set(),
    "loadtests": {"infra"},
    "guichet": {"socle"},
    "consultation": {"socle", "infra"},  # infra: how `gru` refuses, for its own command only (see COMMANDS)
    "roles": {"socle"},
    "runbooks": set(),
}
# Only a package's own `gru` command speaks with infra.
COMMANDS = {"consultation/commande.py"}

# Inside an application, from the ground up: an app may import those of its own line's left and of the lines above it
# in this list, never one below. Apps on one line do not import each other.
GUICHET: tuple[set[str], ...] = (
    {"gabarits", "stockage", "arriere_plan"},
    {"demarches"},
    {"comptes"},
    {"demandes"},
    {"questions"},
    {"editorial"},
    {"mon_compte"},
    {"portail"},
    {"instruction"},
    {"conception"},
    {"identite"},
    {"peuplement"},
    {"supervision"},
    {"configuration", "manage"},
)
ECOUTE: tuple[set[str], ...] = (
    {"commune"},
    {"cadre"},
    {"journal"},
    {"equipe"},
    {"dossiers"},
    {"contributions"},
    {"ateliers", "boite", "lecture"},
    {"panels", "satisfaction"},
    {"donnees"},
    {"suites"},
    {"accueil"},
    {"installation", "settings", "urls", "urls_public", "wsgi"},
    {"serveur", "__main__"},
)
PURE = ("consultation/tirage", "consultation/dossier", "consultation/analyse")


@dataclass(frozen=True)
class Arrow:
    """One import: the file and line that know, and the dotted name that is known."""

    path: Path
    line: int
    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} imports {self.target}"


def dotted(path: Path) -> str:
    """Module name of a file, from the root of the house."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def _imports(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif _is_type_checking(node):
            for other in getattr(node, "orelse", []):
                yield from _imports(other)
        else:
            yield from _imports(node)


def arrows(path: Path, text: str) -> list[Arrow]:
    """All that a file imports, names of packages and of what is taken from them."""
    module = dotted(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = []
    for node in _imports(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            names = [f"{base}.{alias.name}" for alias in node.names]
        found += [Arrow(path, node.lineno, module, name) for name in names]
    return found


def of_folder(folder: str) -> list[Arrow]:
    """The arrows of every module below a folder, migrations left out (they tell the past)."""
    found: list[Arrow] = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "migrations" not in path.parts and "__pycache__" not in path.parts:
            found += arrows(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
    return found


def faults_of_house(found: Iterable[Arrow]) -> list[str]:
    """Imports from one part of the house to another that it may not know."""
    faults = []
    for arrow in found:
        part, target = arrow.path.parts[0], arrow.target.split(".")[0]
        allowed = HOUSE[part] | {part}
        if target == "infra" and part == "consultation" and str(arrow.path) not in COMMANDS:
            allowed = allowed - {"infra"}
        if target in {*HOUSE, "tests"} and target not in allowed:
            faults.append(str(arrow))
    return faults


def faults_of_layers(found: Iterable[Arrow], package: str, layers: tuple[set[str], ...]) -> list[str]:
    """Imports of an app from a layer that is not below its own; an app that no layer names."""
    depth = len(package.split("."))
    heights = {app: height for height, apps in enumerate(layers) for app in apps}
    faults = []
    for arrow in found:
        if not arrow.target.startswith(f"{package}."):
            continue
        source, target = (name.split(".")[depth : depth + 1] for name in (arrow.source, arrow.target))
        if not source or not target or source == target:
            continue
        unknown = [app for app in (source[0], target[0]) if app not in heights]
        if unknown:
            faults.append(f"{arrow}: no layer names {unknown[0]}")
        elif heights[target[0]] >= heights[source[0]]:
            faults.append(str(arrow))
    return faults


def faults_of_views(found: Iterable[Arrow], package: str) -> list[str]:
    """Imports of another app's views, but for tables of addresses."""
    depth = len(package.split("."))
    return [
        str(arrow)
        for arrow in found
        if arrow.target.startswith(f"{package}.")
        and len(arrow.source.split(".")) > depth
        and "views" in arrow.target.split(".")[depth:]
        and arrow.target.split(".")[depth] != arrow.source.split(".")[depth]
        and not arrow.path.name.startswith("urls")
    ]


@pytest.mark.parametrize("part", sorted(HOUSE))
def test_a_part_of_the_house_knows_only_those_below(part: str) -> None:
    faults = faults_of_house(of_folder(part))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("package", "layers"), [("guichet", GUICHET), ("consultation.ecoute", ECOUTE)])
def test_apps_know_only_the_layers_below_theirs(package: str, layers: tuple[set[str], ...]) -> None:
    found = of_folder(package.replace(".", "/"))
    assert found
    faults = faults_of_layers(found, package, layers)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("package", ["guichet", "consultation.ecoute"])
def test_no_app_takes_another_app_s_views(package: str) -> None:
    faults = faults_of_views(of_folder(package.replace(".", "/")), package)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("folder", PURE)
def test_pure_packages_know_no_web_and_no_database(folder: str) -> None:
    assert [str(a) for a in of_folder(folder) if a.target.split(".")[0] == "django" or "ecoute" in a.target] == []


PLANTED = [
    ("socle/x.py", "from guichet.demandes import services", "house"),
    ("infra/x.py", "def f():\n    import loadtests.runner", "house"),
    ("consultation/ecoute/accueil/x.py", "from infra.state import Stack", "house"),
    ("guichet/demandes/x.py", "from guichet.portail import acces", "layers"),
    ("guichet/demandes/x.py", "from ..portail.acces import ouvrir", "layers"),
    ("guichet/inconnue/x.py", "from guichet.demandes import services", "layers"),
    ("guichet/instruction/x.py", "from guichet.portail.views import depot", "views"),
]


@pytest.mark.parametrize(("path", "text", "rule"), PLANTED)
def test_a_planted_arrow_is_found(path: str, text: str, rule: str) -> None:
    found = arrows(Path(path), text)
    faults = {
        "house": faults_of_house(found),
        "layers": faults_of_layers(found, "guichet", GUICHET),
        "views": faults_of_views(found, "guichet"),
    }
    assert len(faults[rule]) == 1
    assert path in faults[rule][0]


def test_words_for_the_type_checker_do_not_count() -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from guichet.portail import acces\n"
    assert faults_of_layers(arrows(Path("guichet/demandes/x.py"), text), "guichet", GUICHET) == []
