"""`gru releases`, `gru upgrade`, `gru rollback`: pass to another release, and go back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import click

from infra import release_trees, upgrade_checks
from infra import upgrade as passing
from infra.cli.options import json_option, site_option, stack_option
from infra.cli.phases import Phases, say
from infra.cli.reading import tell
from infra.installed_release import Installed, installed, remember, upgraded
from infra.inventory import read_inventory
from infra.journal import kept
from infra.model import Site, load_site
from infra.release import Notes, Version, notes_of
from infra.release_trees import Tree, tree_of
from infra.shared_state.session import working
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack
from infra.upgrade_checks import Way
from infra.verification import run_checks

_YES = "Ne pas demander de confirmation : le nom du site."


@click.command(help="Lister les versions de ce dépôt, celle qui tourne, et ce qu'elles demandent à l'exploitant.")
@json_option
@stack_option
def releases(as_json: bool, stack_name: str) -> None:
    """The newest first, with what this folder's CHANGELOG.md says of each."""
    now = installed(Stack(stack_name))
    found: list[dict[str, Any]] = []
    for number in release_trees.releases():
        notes = _notes(number)
        found.append(
            {
                "version": str(number),
                "date": notes.date,
                "running": bool(now and now.version == str(number)),
                "actions": notes.actions,
                "news": notes.news,
                "mended": notes.mended,
            }
        )
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    if not found:
        say("Ce dépôt ne connaît aucune version : « git fetch --tags » les apporte.")
    for one in found:
        click.echo(f"v{one['version']:<10} {one['date']:<12}{' en service' if one['running'] else ''}")
        for action in one["actions"]:
            click.echo(f"    à faire : {action}")


@click.command(help="Passer à une version plus récente, fonction par fonction ; ce qui échoue est défait.")
@click.option("--to", "tag", metavar="VERSION", help="Comme « v1.2.3 » ; la plus récente sinon (« gru releases »).")
@click.option("--no-backup", is_flag=True, help="Accepter qu'aucune sauvegarde récente ne permette de revenir.")
@click.option("--yes", "confirmed", metavar="SITE", help=_YES)
@json_option
@site_option
def upgrade(tag: str | None, no_backup: bool, confirmed: str | None, as_json: bool, stack_name: str) -> None:
    """Check, prepare, pass, verify; go back by itself when a step fails. Exit 1 when refused or gone back."""
    stack = Stack(stack_name)
    stack.prepare()
    site = load_site(stack.site_file)
    phases = Phases(4)
    with working(stack, site.state, "gru upgrade", say):
        way = upgrade_checks.way_to(stack, tag)
        if way is None:
            say("La plateforme est déjà à cette version.")
            return
        with phases.phase("checks", f"De la version {way.former.version} à la {way.wanted} : ce qui doit être vrai"):
            _refuse(stack, site, way, no_backup=no_backup)
            former, tree = tree_of(way.former.commit), tree_of(way.commit)
            _refuse_mislabelled(way, tree)
        _confirm(stack, tree, way, confirmed)
        with kept(stack, f"gru upgrade --to {way.wanted.tag}") as notes:
            with phases.phase("preparation", "Préparation de la version, à côté de celle qui sert"):
                _prepare(stack, tree)
            remember(stack, replace(way.former, toward=str(way.wanted)))
            done = _pass(stack, phases, former, tree, way)
            remember(stack, upgraded(way.former, tree))
            notes.append(f"de {way.former.version} à {way.wanted}")
    _tell_end(phases, way, done, as_json=as_json)


@click.command(help="Revenir à la version d'avant la dernière mise à jour : le programme, pas les données.")
@click.option("--yes", "confirmed", metavar="SITE", help=_YES)
@json_option
@site_option
def rollback(confirmed: str | None, as_json: bool, stack_name: str) -> None:
    """The release before takes everything over again; the schema stays, which it bears. Exit 1 when refused."""
    stack = Stack(stack_name)
    stack.prepare()
    site = load_site(stack.site_file)
    phases = Phases(3)
    with working(stack, site.state, "gru rollback", say):
        way = upgrade_checks.way_back(stack)
        with phases.phase("checks", f"De la version {way.former.version} à la {way.wanted}, celle d'avant"):
            if not release_trees.commit_of(way.commit):
                raise OperatorError(
                    f"Ce dépôt ne connaît pas la version {way.wanted} qui tournait (commit {way.commit[:12]}) :"
                    " « git fetch --all » l'apporte. Rien n'a été touché."
                )
            tree = tree_of(way.commit)
        _ask(stack, f"Revenir à la version {way.wanted}. Nom du site, pour confirmer", confirmed)
        with kept(stack, "gru rollback") as notes:
            functions = passing.functions_of(read_inventory(stack))
            with phases.phase("passage", f"Passage à la version {way.wanted}, fonction par fonction"):
                passing.pass_over(stack, tree, functions, say)
            with phases.phase("verification", "Vérification depuis l'extérieur"):
                passing.step(stack, tree, "verify")
            remember(stack, _back(way, tree))
            notes.append(f"de {way.former.version} à {way.wanted}")
    _tell_end(phases, way, functions, as_json=as_json)


def _refuse(stack: Stack, site: Site, way: Way, *, no_backup: bool) -> None:
    inventory = read_inventory(stack)
    found = upgrade_checks.refusals(stack, site, inventory, way)
    if not no_backup:
        found += [f"{one} (ou acceptez-le par --no-backup)" for one in upgrade_checks.stale_backups(inventory)]
    if found:
        raise OperatorError("Rien n'a été touché. À corriger d'abord :\n" + "\n".join(f"  - {one}." for one in found))
    if way.former.toward == str(way.wanted):
        return  # half-way: what is not well may be what this run ends
    verdict = run_checks(stack)
    if not verdict.healthy:
        tell(verdict)
        raise OperatorError("Rien n'a été touché : la plateforme ne va pas bien (ci-dessus). « gru up » d'abord.")


def _refuse_mislabelled(way: Way, tree: Tree) -> None:
    if tree.version != way.wanted:
        raise OperatorError(
            f"L'étiquette {way.wanted.tag} porte un programme qui se dit {tree.version} : cette version est mal faite,"
            " prévenez ceux qui la publient. Rien n'a été touché."
        )


def _confirm(stack: Stack, tree: Tree, way: Way, confirmed: str | None) -> None:
    """Tell the operator's own actions, then ask. Raises OperatorError when another site is named."""
    for notes in reversed([one for one in tree.notes if way.former.number < one.version <= way.wanted]):
        for action in notes.actions:
            say(f"      À faire ({notes.version}) : {action}")
    _ask(stack, f"Passer à la version {way.wanted}. Nom du site, pour confirmer", confirmed)


def _ask(stack: Stack, asked: str, confirmed: str | None) -> None:
    given = click.prompt(asked) if confirmed is None else confirmed
    if given != stack.name:
        raise OperatorError(f"« {given} » n'est pas le nom du site ({stack.name}). Rien n'a été touché.")


def _prepare(stack: Stack, tree: Tree) -> None:
    try:
        passing.step(stack, tree, "prepare")
    except passing.StepFailed as error:
        raise OperatorError(
            f"La version {tree.version} ne peut pas prendre la suite (voir ci-dessus). Rien de ce qui sert n'a été"
            " touché."
        ) from error


def _pass(stack: Stack, phases: Phases, former: Tree, tree: Tree, way: Way) -> list[str]:
    """Pass every function, verify the whole; go back on what was passed when something fails. Raises OperatorError."""
    functions = passing.functions_of(read_inventory(stack))
    begun: list[str] = []
    try:
        with phases.phase("passage", f"Passage à la version {way.wanted}, fonction par fonction"):
            for function in functions:
                begun.append(function)
                passing.pass_over(stack, tree, [function], say)
        with phases.phase("verification", "Vérification depuis l'extérieur"):
            passing.step(stack, tree, "verify")
    except passing.StepFailed as error:
        say(f"\n{str(error).capitalize()}. Retour à la version {way.former.version}.")
        _go_back(stack, former, functions if way.former.toward else begun, way, error)
        remember(stack, replace(way.former, toward=""))
        raise OperatorError(
            f"La mise à jour a échoué ({error}) et a été défaite : la plateforme est à la version"
            f" {way.former.version}, vérifiée. La raison est ci-dessus, et dans {stack.log_directory}."
        ) from error
    return functions


def _go_back(stack: Stack, former: Tree, begun: list[str], way: Way, error: Exception) -> None:
    try:
        passing.pass_over(stack, former, begun, say)
        passing.step(stack, former, "verify")
    except passing.StepFailed as again:
        raise OperatorError(
            f"La mise à jour a échoué ({error}), et le retour aussi ({again}). Une fois la cause écartée, « gru"
            f" rollback » finit ce retour à la version {way.former.version} (runbooks/mise-a-jour.md)."
        ) from again


def _back(way: Way, tree: Tree) -> Installed:
    if way.former.toward:
        return replace(way.former, toward="")
    before: Any = dict(way.former.before or {})
    return replace(Installed(**before), commit=tree.commit, site=way.former.site)


def _notes(number: Version) -> Notes:
    """What this folder says of a release; it may not know a newer one, of which only the number is said."""
    known = notes_of((SOURCE_DIRECTORY / "CHANGELOG.md").read_text(encoding="utf-8"))
    return next((one for one in known if one.version == number), Notes(number))


def _tell_end(phases: Phases, way: Way, functions: list[str], *, as_json: bool) -> None:
    if as_json:
        result = {
            "from": way.former.version,
            "to": str(way.wanted),
            "functions": functions,
            "seconds": phases.seconds,
            "phases": phases.done,
        }
        click.echo(json.dumps(result, ensure_ascii=False))
    say(f"\nLa plateforme est passée de la version {way.former.version} à la {way.wanted}, en {phases.seconds:.0f} s.")
