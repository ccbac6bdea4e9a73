"""`gru franceconnect`: what to write in FranceConnect's partners' space."""

from __future__ import annotations

import click

from infra.cli.options import stack_option
from infra.given_secrets import given_secrets
from infra.model import load_site
from infra.model.franceconnect import CLIENT_ID, CLIENT_SECRET, ISSUERS, PARTNERS, declarations
from infra.state import Stack


@click.command(help="Donner ce qu'il faut déclarer dans l'espace partenaires de FranceConnect.")
@stack_option
def franceconnect(stack_name: str) -> None:
    """Print each value under its label, then what is still to be done here. Nothing is asked of FranceConnect."""
    stack = Stack(stack_name)
    site = load_site(stack.site_file)
    urls = site.public_urls()
    click.echo(f"À déclarer sur {PARTNERS} (integration et production se déclarent chacune) :\n")
    for label, value in declarations(urls["idp"], urls["portal"]).items():
        click.echo(f"  {label:<36} {value}")
    click.echo("\nL'hôte de la connexion doit atteindre, en HTTPS (443) :\n")
    for environment, issuer in ISSUERS.items():
        click.echo(f"  {environment:<36} {issuer}")
    click.echo(f"\nDans site.yaml : features.franceconnect: {site.features.franceconnect}")
    known = given_secrets(stack)
    for name in (CLIENT_ID, CLIENT_SECRET):
        click.echo(f"{'✓ donné' if known[name] else '- absent : gru secret set'} {name}")
