"""`gru load plan`: arrivals drawn for several generators, not played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from infra.cli.options import stack_option
from infra.state import OperatorError, Stack
from loadtests.commands.options import drawing_options, out_option
from loadtests.people import known_people
from loadtests.planning import draw_plan
from loadtests.profile import load_profile
from loadtests.targets import find_target


@click.command(help="Tirer les arrivées d'un profil sans les jouer : un DOSSIER à copier sur plusieurs générateurs.")
@click.argument("profile", metavar="PROFIL")
@drawing_options
@out_option(required=True)
@stack_option
def plan(profile: str, stack_name: str, out: Path, **options: Any) -> None:
    """Write a folder that Locust's master and workers read on several machines (`--plan`)."""
    asked = load_profile(profile)
    if asked.pannes or asked.abus or asked.reseau or asked.derriere or asked.capacite:
        raise OperatorError(
            f"Le profil « {profile} » fait plus que des arrivées : seul « gru load run » sait le jouer."
        )
    drawn, schedule = draw_plan(asked, find_target(stack_name), known_people(Stack(stack_name)), **options)
    drawn.write_to_copy(out, schedule)
    click.echo(
        f"{len(schedule.arrivals)} arrivées en {drawn.duration:.0f} s, dans {out} (avec les mots de passe des "
        "personnes fictives : à ne donner qu'aux générateurs).\nCopiez ce dossier sur chaque machine, puis :\n"
        f"  locust -f loadtests/locustfile.py --master --headless --expect-workers N --plan {out}\n"
        f"  locust -f loadtests/locustfile.py --worker --master-host MACHINE --plan {out}"
    )
