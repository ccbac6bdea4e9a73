"""The `gru` command: one module a family of commands, errors in words and a non-zero exit."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from infra.cli.phases import say
from infra.plan import PlanError
from infra.state import OperatorError

EXIT_REFUSED = 1
EXIT_INTERRUPTED = 130

COMMANDS = {
    "up": "infra.cli.platform",
    "preview": "infra.cli.platform",
    "down": "infra.cli.platform",
    "status": "infra.cli.reading",
    "verify": "infra.cli.reading",
    "ssh": "infra.cli.reading",
    "schema": "infra.cli.reading",
    "mail": "infra.cli.mail",
    "seed": "infra.cli.seeding",
    "consultation": "consultation.commande",
    "load": "infra.cli.load",
}
"""Module of each command: `gru mail` need not wait for Pulumi and the solver to load."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in alphabetical order, as click shows them."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, None where there is none."""
        del ctx
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(import_module(module), cmd_name)
        return command


@click.group(cls=LazyGroup, help="Installer, mettre à jour et observer la plateforme de relation avec les usagers.")
@click.version_option(package_name="gru", prog_name="gru")
def cli() -> None:
    """Entry group; see each command."""


def main() -> None:
    """Run `gru`; turn known errors into a French sentence and exit code 1."""
    try:
        # Outside its own mode, click returns the code of a command that asked to exit instead of raising.
        code = cli(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.exceptions.Abort, KeyboardInterrupt):
        say("\nInterrompu. Rien n'est perdu : relancez la même commande pour continuer.")
        sys.exit(EXIT_INTERRUPTED)
    except (OperatorError, PlanError) as error:
        say(f"\nErreur : {error}")
        sys.exit(EXIT_REFUSED)
