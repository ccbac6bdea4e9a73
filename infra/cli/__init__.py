"""The `gru` command: one module a family of commands, errors in words and a non-zero exit."""

from __future__ import annotations

import sys

import click

from infra.cli.lazy_group import LazyGroup
from infra.cli.phases import say
from infra.plan import PlanError
from infra.state import OperatorError

EXIT_REFUSED = 1
EXIT_INTERRUPTED = 130

COMMANDS = {
    "up": "infra.cli.platform",
    "preview": "infra.cli.platform",
    "down": "infra.cli.platform",
    "check": "infra.cli.checking",
    "policy": "infra.cli.placement",
    "costs": "infra.cli.placement",
    "hosts": "infra.cli.hosts",
    "status": "infra.cli.reading",
    "verify": "infra.cli.reading",
    "ssh": "infra.cli.reading",
    "journal": "infra.cli.history",
    "schema": "infra.cli.reading",
    "mail": "infra.cli.mail",
    "agents": "infra.cli.agents",
    "records": "infra.cli.records",
    "franceconnect": "infra.cli.franceconnect",
    "secret": "infra.cli.secret",
    "rotate": "infra.cli.rotate",
    "backup": "infra.cli.backup",
    "restore": "infra.cli.restore",
    "releases": "infra.cli.upgrade",
    "upgrade": "infra.cli.upgrade",
    "rollback": "infra.cli.upgrade",
    "populate": "infra.cli.populate",
    "state": "infra.cli.state",
    "pulumi": "infra.cli.engine",
    "consultation": "consultation.commande",
    "load": "loadtests.commands",
}
"""Module of each command: `gru mail` need not wait for Pulumi and the solver to load.

The applications that own commands (`consultation`, `loadtests`) are known here by name, and nowhere else in `infra`.
"""

FORMER_NAMES = {"seed": "populate"}
"""Names of the release before; they are withdrawn with the next one."""


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    former=FORMER_NAMES,
    help="Installer, mettre à jour et observer la plateforme de relation avec les usagers.",
)
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
