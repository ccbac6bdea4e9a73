"""`gru records`: what to publish in the town's DNS, and whether it is."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from infra import dns_check
from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.dns_records import Zone, front_address, zone
from infra.model import Site, load_site
from infra.secret_store import ensure_secrets, read_secrets
from infra.shared_state.session import working
from infra.state import OperatorError, Stack


@click.command(help="Donner les enregistrements DNS à publier (noms, courriel), ou dire s'ils le sont (--check).")
@click.option("--check", "compare", is_flag=True, help="Comparer avec ce que répondent les serveurs DNS.")
@click.option("--resolver", metavar="ADRESSE[:PORT]", default="", help="Demander à ce serveur DNS plutôt qu'au vôtre.")
@json_option
@stack_option
def records(compare: bool, resolver: str, as_json: bool, stack_name: str) -> None:
    """Print the zone, or compare it. Exit 1 when something is missing or wrong."""
    stack = Stack(stack_name)
    stack.prepare()
    site = load_site(stack.site_file)
    if site.target.capabilities.hosted and not has_signing_key(stack, site):
        with working(stack, site.state, "gru records", say):
            ensure_secrets(stack, site)
    wanted = wanted_zone(stack, site)
    if not compare:
        click.echo(json.dumps(asdict(wanted), ensure_ascii=False)) if as_json else tell_zone(wanted)
        return
    try:
        found = dns_check.check(site, wanted, dns_check.resolver(resolver))
    except dns_check.Silent as error:
        raise OperatorError(f"{error}. Vérifiez votre réseau, ou indiquez --resolver.") from error
    problems = [finding.problem for finding in found if finding.problem]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found], ensure_ascii=False))
    else:
        for finding in found:
            click.echo(f"✗ {finding.problem}" if finding.problem else f"✓ {finding.record.name} {finding.record.kind}")
        for note in wanted.notes:
            click.echo(f"- {note}")
        click.echo("\nTout est publié." if not problems else f"\nÀ corriger dans le DNS : {len(problems)}.")
    if problems:
        raise click.exceptions.Exit(1)


def has_signing_key(stack: Stack, site: Site) -> bool:
    """Whether the key that signs mails is drawn: one may publish before the first installation."""
    return stack.secrets_file.exists() and site.mail.dkim_secret in read_secrets(stack)


def wanted_zone(stack: Stack, site: Site) -> Zone:
    """What to publish for this stack, whose signing key is drawn. Raises OperatorError where nothing is public."""
    if not site.target.capabilities.hosted:
        raise OperatorError(f"« {stack.name} » n'existe que sur cette machine : aucun enregistrement n'est à publier.")
    return zone(site, front=front_address(stack, site), dkim_key=read_secrets(stack)[site.mail.dkim_secret])


def tell_zone(wanted: Zone) -> None:
    """Print it as a zone file, which a name server takes; what cannot be known goes to standard error."""
    for line in wanted.zone_file():
        click.echo(line)
    for note in wanted.notes:
        say(f"- {note}")
