"""A platform passes from one release to another, function by function; what fails is gone back on at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any

from infra.children import ends_with_us
from infra.model.site import Function
from infra.release_trees import Tree
from infra.state import OperatorError, Stack

Tell = Callable[[str], None]

BACKUP = "backup"
"""Not a function of the site: what every host that keeps something does."""

FUNCTION_WORDS = {
    Function.DATABASE: "la base",
    Function.MAIL: "les courriels",
    Function.IDP: "la connexion",
    Function.PROCESSING: "le site des agents, et le schéma de la base",
    Function.PORTAL: "le portail",
    Function.CONSULTATION: "l'écoute",
    Function.PROXY: "le frontal",
    Function.MONITORING: "la supervision",
    Function.BACKUP_REPOSITORY: "le dépôt des sauvegardes",
    Function.FRANCECONNECT_SIMULATOR: "le simulateur de FranceConnect",
    BACKUP: "ce qui sauvegarde",
}


class StepFailed(OperatorError):
    """A release could not do what it was asked; it said why on the terminal."""


def functions_of(inventory: dict[str, Any]) -> list[str]:
    """What the hosts carry, in the order in which a release takes it over: what others lean on comes first."""
    carried = inventory["all"]["children"]
    found = [str(function) for function in Function if carried.get(str(function), {}).get("hosts")]
    return [*found, *([BACKUP] if inventory["all"]["vars"].get("gru_backups", {}).get("kind") else [])]


def step(stack: Stack, tree: Tree, what: str, function: str = "") -> None:
    """Have a release do one thing, with its own program. Raises StepFailed."""
    command = [str(tree.python), "-m", "infra.cli.release_run", what, "--stack", stack.name]
    command += ["--function", function] if function else []
    environment = os.environ | {
        "PYTHONPATH": str(tree.folder),
        "GRU_SITES_DIRECTORY": str(stack.site_directory.resolve().parent),
        "GRU_STATE_DIRECTORY": str(stack.directory.resolve().parent),
    }
    run = subprocess.run(
        ends_with_us(command), cwd=tree.folder, env=environment, stdout=sys.stderr.fileno(), check=False
    )
    if run.returncode:
        raise StepFailed(f"la version {tree.version} n'a pas pu passer {FUNCTION_WORDS.get(function, 'la plateforme')}")


def pass_over(stack: Stack, tree: Tree, functions: Iterable[str], tell: Tell) -> None:
    """Bring functions to that release, one after the other, each verified. Raises StepFailed at the first at fault."""
    wanted = list(functions)
    for rank, function in enumerate(wanted, 1):
        tell(f"   {rank}/{len(wanted)} {FUNCTION_WORDS[function]}")
        step(stack, tree, "apply", function)
