"""`gru pulumi`: the engine's own commands on a site, for whoever knows Pulumi."""

from __future__ import annotations

import click

from infra import bring_up
from infra.cli.options import site_option
from infra.cli.phases import say
from infra.journal import kept
from infra.model import load_site
from infra.preflight import SECRET_CHECKS, refuse_what_cannot_work
from infra.secret_store import ensure_secrets
from infra.shared_state.session import working
from infra.state import Stack


@click.command(
    help="Lancer une commande de Pulumi sur un site : gru pulumi --stack NOM -- preview --diff",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMANDE...")
@site_option
def pulumi(words: tuple[str, ...], stack_name: str) -> None:
    """Exit with the engine's own code. The state is held meanwhile, as for `gru up`."""
    stack = Stack(stack_name)
    stack.prepare()
    site = load_site(stack.site_file)
    refuse_what_cannot_work(stack, site)
    bring_up.check_target(site)
    with working(stack, site.state, f"gru pulumi {words[0]}", say), kept(stack, f"gru pulumi {words[0]}"):
        refuse_what_cannot_work(stack, site, SECRET_CHECKS)
        ensure_secrets(stack, site)
        code = bring_up.run_engine(stack, site, list(words), say)
    if code:
        raise click.exceptions.Exit(code)
