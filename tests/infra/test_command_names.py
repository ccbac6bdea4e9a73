"""The table of `gru`: every command is where it says, and the names of the release before still lead somewhere."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from infra.cli import COMMANDS, FORMER_NAMES, cli


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_the_table_says(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize(("former", "present"), FORMER_NAMES.items())
def test_a_former_name_works_and_says_the_present_one(former: str, present: str) -> None:
    """One line on standard error, and the help of the present command."""
    done = CliRunner().invoke(cli, [former, "--help"], prog_name="gru")
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith(f"« gru {former} » s'appelle maintenant « gru {present} ».")
    assert done.stdout == CliRunner().invoke(cli, [present, "--help"], prog_name="gru").stdout
    assert former not in cli.list_commands(click.Context(cli))
