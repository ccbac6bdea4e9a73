"""Groups whose commands are imported when they are asked for, and answer to their former names for one release."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from infra.cli.phases import say


class LazyGroup(click.Group):
    """A group that knows its commands by name only."""

    def __init__(
        self, *arguments: Any, modules: Mapping[str, str], former: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        """`modules`: module of each command, where it has that name; `former`: present name of each old one."""
        super().__init__(*arguments, **options)
        self._modules = modules
        self._former = former or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in alphabetical order, as click shows them."""
        del ctx
        return sorted(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, None where there is none."""
        del ctx
        module = self._modules.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(import_module(module), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command asked for; one asked for by its former name says the present one on standard error."""
        if args and (name := self._former.get(args[0])):
            path = ctx.command_path
            say(
                f"« {path} {args[0]} » s'appelle maintenant « {path} {name} »."
                " L'ancien nom disparaîtra à la prochaine version."
            )
            args = [name, *args[1:]]
        return super().resolve_command(ctx, args)
