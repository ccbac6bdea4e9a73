"""The `gru` command: one module a family of commands, errors in words and a non-zero exit."""

from __future__ import annotations

import sys

import click

from consultation.commande import consultation
from infra.cli.mail import mail
from infra.cli.phases import say
from infra.cli.platform import down, preview, up
from infra.cli.reading import schema, ssh, status, verify
from infra.model import SiteError
from infra.plan import PlanError
from infra.state import OperatorError

EXIT_REFUSED = 1
EXIT_INTERRUPTED = 130


@click.group(help="Installer, mettre à jour et observer la plateforme de relation avec les usagers.")
@click.version_option(package_name="gru", prog_name="gru")
def cli() -> None:
    """Entry group; see each command."""


for command in (up, preview, down, status, verify, mail, ssh, schema, consultation):
    cli.add_command(command)


def main() -> None:
    """Run `gru`; turn known errors into a French sentence and exit code 1."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.exceptions.Abort, KeyboardInterrupt):
        say("\nInterrompu. Rien n'est perdu : relancez la même commande pour continuer.")
        sys.exit(EXIT_INTERRUPTED)
    except (OperatorError, SiteError, PlanError) as error:
        say(f"\nErreur : {error}")
        sys.exit(EXIT_REFUSED)
