"""`gru secret`: secrets that somebody else chose and that the operator hands over."""

from __future__ import annotations

import sys

import click

from infra.cli.options import site_option, stack_option
from infra.cli.phases import say
from infra.given_secrets import GIVEN, forget_secret, give_secret, given_secrets
from infra.journal import kept
from infra.model.loading import load_state_location
from infra.shared_state.session import working
from infra.state import Stack


@click.group(help="Donner à la plateforme les secrets que d'autres ont choisis (mot de passe d'un relais…).")
def secret() -> None:
    """Group; see each command."""


@secret.command("set", help="Donner un secret : il est demandé, ou lu sur l'entrée standard. « gru up » l'emploie.")
@click.argument("name", metavar="NOM")
@site_option
def set_secret(name: str, stack_name: str) -> None:
    """Read it from the terminal, unseen, or from standard input: an argument would stay in the shell's history."""
    stack = Stack(stack_name)
    stack.prepare()
    if name in GIVEN and sys.stdin.isatty():
        value = click.prompt(f"{GIVEN[name]}", hide_input=True, confirmation_prompt="Encore une fois")
    else:
        value = "" if sys.stdin.isatty() else sys.stdin.read()
    location = load_state_location(stack.site_file)
    with working(stack, location, "gru secret set", say), kept(stack, "gru secret set"):
        give_secret(stack, name, value)
    click.echo("Gardé, chiffré. « gru up » le portera sur les hôtes.", err=True)


@secret.command("list", help="Dire lesquels peuvent être donnés, et lesquels le sont.")
@stack_option
def list_secrets(stack_name: str) -> None:
    """Names only."""
    for name, known in given_secrets(Stack(stack_name)).items():
        click.echo(f"{'✓ donné ' if known else '- absent'}  {name:<24} {GIVEN[name]}")


@secret.command("remove", help="Oublier un secret donné.")
@click.argument("name", metavar="NOM")
@site_option
def remove_secret(name: str, stack_name: str) -> None:
    """Forget it; hosts lose it with the next `gru up`."""
    stack = Stack(stack_name)
    stack.prepare()
    with (
        working(stack, load_state_location(stack.site_file), "gru secret remove", say),
        kept(stack, "gru secret remove"),
    ):
        forget_secret(stack, name)
    click.echo("Oublié. « gru up » le retirera des hôtes.", err=True)
