"""`gru rotate`: secrets, keys and certificates changed while the platform serves, and who has access to what."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import click

from infra.backups import keep_site
from infra.cli.options import json_option, site_option
from infra.cli.phases import say
from infra.installed_release import installed
from infra.inventory import read_inventory
from infra.journal import kept
from infra.model import load_site
from infra.release import version_of
from infra.rotation import memory, told
from infra.rotation.catalogue import BY_NAME
from infra.rotation.course import Course, refuse
from infra.secret_store import read_secrets
from infra.shared_state.session import at_hand, working
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack
from infra.status import collect
from infra.upgrade import functions_of


@click.command(help="Changer des secrets sans couper le service ; sans nom, finir ce qui a été commencé.")
@click.argument("names", metavar="[NOM]...", nargs=-1)
@click.option("--list", "list_them", is_flag=True, help="Dire ce qu'il y a : âge, ce que cela ouvre, qui y a accès.")
@click.option("--all-due", is_flag=True, help="Changer tout ce qui a plus d'un an et change sans coupure.")
@click.option(
    "--leaked", is_flag=True, help="Il a fuité : l'ancien n'est plus bon dès la fin, même pour ce qu'il a signé."
)
@click.option("--yes", "confirmed", metavar="SITE", help="Ne pas demander de confirmation : le nom du site.")
@json_option
@site_option
def rotate(
    *,
    names: tuple[str, ...],
    list_them: bool,
    all_due: bool,
    leaked: bool,
    confirmed: str | None,
    as_json: bool,
    stack_name: str,
) -> None:
    """Exit 1 when refused, or when a host did not follow: the next run goes on."""
    stack = Stack(stack_name)
    stack.prepare()
    site = load_site(stack.site_file)
    if list_them:
        at_hand(stack, site.state, say)
        _list(stack, as_json=as_json)
        return
    with working(stack, site.state, "gru rotate", say):
        inventory = read_inventory(stack)
        content = read_secrets(stack)
        refuse(inventory, content, names, leaked=leaked)
        finish = memory.overdue(content)
        late = memory.due(content, functions_of(inventory)) if all_due else []
        wanted = list(dict.fromkeys([*names, *late]))
        if not wanted and not finish:
            say("Rien à finir, ni rien à changer. « gru rotate --list » dit ce qu'il y a, et depuis quand.")
            return
        _refuse_another_release(stack)
        if not leaked and not finish:
            _refuse_unhealthy(inventory)
        _tell_and_ask(stack, wanted, finish, leaked=leaked, confirmed=confirmed)
        words = ["gru rotate", *(wanted or finish), *(["--leaked"] if leaked else [])]
        with kept(stack, " ".join(words)) as notes:
            course = Course(stack, site, inventory, say)
            course.run(wanted, leaked=leaked)
            if site.backup:
                keep_site(inventory, stack)
            notes.append(_said(course))
    if as_json:
        click.echo(json.dumps({"done": course.done, "former_good_until": course.still_good}, ensure_ascii=False))
    say(f"\n{_said(course)}.")


def _said(course: Course) -> str:
    parts = [f"changé, l'ancien refusé : {', '.join(dict.fromkeys(course.done))}"] if course.done else []
    parts += [f"changé, l'ancien bon jusqu'au {_day(day)} : {name}" for name, day in course.still_good.items()]
    return " ; ".join(parts)


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"


def _list(stack: Stack, *, as_json: bool) -> None:
    inventory = read_inventory(stack)
    found = list(told.listed(read_secrets(stack), inventory, datetime.now(UTC).date()))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for record in found:
        click.echo(told.sentence(record))


def _refuse_another_release(stack: Stack) -> None:
    """Hosts are configured by this program: it must be the one that they run. Raises OperatorError."""
    now, here = installed(stack), str(version_of(SOURCE_DIRECTORY))
    if now is None or now.version != here or now.toward:
        runs = "n'est pas entièrement installée" if now is None else f"est à la version {now.toward or now.version}"
        raise OperatorError(
            f"La plateforme {runs}, et ce programme à la {here} : changer un secret la ferait changer de version."
            " « gru up » ou « gru upgrade » d'abord. Rien n'a été touché."
        )


def _refuse_unhealthy(inventory: dict[str, Any]) -> None:
    ill = [one for one in collect(inventory)["components"] if not one["healthy"]]
    if ill:
        lines = "\n".join(f"  - {one['name']} ({one.get('why') or one.get('address')})" for one in ill)
        raise OperatorError(
            f"Rien n'a été touché : la plateforme ne va pas bien.\n{lines}\n« gru status » dit tout ; si le secret a"
            " fuité, « --leaked » passe outre."
        )


def _tell_and_ask(stack: Stack, wanted: list[str], finish: list[str], *, leaked: bool, confirmed: str | None) -> None:
    """Say what is finished, what is lost, what is refused meanwhile; ask where something is. Raises OperatorError."""
    if finish:
        say(f"À finir d'abord : {', '.join(finish)}.")
    ask = False
    for name in wanted:
        change = BY_NAME[name].change
        if change is None:
            continue
        if change.outage:
            say(f"Gêne ({name}) : {change.outage}.")
            ask = True
        if change.keep_days and leaked:
            more = f" ; {change.loses}" if change.loses else ""
            say(f"Tout de suite ({name}) : ce que l'ancien a signé (sessions, liens) ne vaut plus{more}.")
            ask = True
        elif change.keep_days:
            more = f" ; ensuite, {change.loses}" if change.loses else ""
            days = f"{change.keep_days} jour{'s' if change.keep_days > 1 else ''}"
            say(f"À savoir ({name}) : l'ancien reste bon {days}, pour ce qu'il a signé{more}.")
    if ask:
        given = click.prompt("Nom du site, pour confirmer") if confirmed is None else confirmed
        if given != stack.name:
            raise OperatorError(f"« {given} » n'est pas le nom du site ({stack.name}). Rien n'a été touché.")
