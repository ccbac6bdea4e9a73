"""`gru policy` and `gru costs`: where a platform may be, and what it costs, before anything is made."""

from __future__ import annotations

import datetime
import json

import click

from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.costs import STALE_DAYS, estimate, euros
from infra.model import load_site
from infra.policy.check import judged, told
from infra.policy.qualifications import offers
from infra.policy.rules import State
from infra.state import Stack

_MARKS = {State.KEPT: "✓", State.BROKEN: "✗", State.WAIVED: "!", State.NOT_DEMANDED: "-"}


@click.command(help="Dire ce que chaque règle de placement dit du site, avec sa source, sans rien toucher.")
@json_option
@stack_option
def policy(as_json: bool, stack_name: str) -> None:
    """Exit 1 when a rule is broken."""
    stack = Stack(stack_name)
    stack.require_site()
    found = judged(stack, load_site(stack.site_file))
    if as_json:
        rules = [
            {
                "rule": one.rule.code,
                "title": one.rule.title,
                "source": one.rule.source,
                "state": one.state.name.lower(),
                "breaches": [told(stack, breach) for breach in one.breaches],
                "reason": one.reason,
            }
            for one in found
        ]
        click.echo(json.dumps({"rules": rules}, ensure_ascii=False))
    else:
        for one in found:
            reason = f" ({one.reason})" if one.reason else ""
            click.echo(f"{_MARKS[one.state]} {one.rule.code} {one.rule.title} : {one.state.value}{reason}")
            click.echo(f"     source : {one.rule.source}")
            for breach in one.breaches:
                click.echo(f"     {told(stack, breach)}")
        click.echo(
            "\nOffres lues comme qualifiées SecNumCloud (celle de l'ANSSI fait foi ; infra/policy/secnumcloud.yaml) :"
        )
        for offer in offers():
            decided = f", décision du {offer.decided_on}" if offer.decided_on else ""
            click.echo(f"  {offer.operator} : {offer.offer} (lu le {offer.read_on}{decided})")
    if any(one.state is State.BROKEN for one in found):
        raise click.exceptions.Exit(1)


@click.command(help="Estimer ce que le site coûte par mois, aux prix de son fichier prix.yaml.")
@json_option
@stack_option
def costs(as_json: bool, stack_name: str) -> None:
    """Exit 1 when something has no price: the total is then a minimum."""
    stack = Stack(stack_name)
    stack.require_site()
    found = estimate(stack, load_site(stack.site_file))
    if as_json:
        lines = [{"what": line.what, "detail": line.detail, "amount": str(line.amount)} for line in found.lines]
        content = {"lines": lines, "total": str(found.total), "currency": "EUR", "missing": found.missing}
        click.echo(json.dumps(content | {"example": found.prices.example}, ensure_ascii=False))
    else:
        width = max((len(line.what) for line in found.lines), default=0)
        for line in found.lines:
            click.echo(f"  {line.what:<{width}}  {euros(line.amount):>14}  {line.detail}")
        tax = "hors taxes" if found.prices.without_tax else "toutes taxes comprises"
        least = "au moins " if found.missing else ""
        click.echo(f"\nTotal par mois : {least}{euros(found.total)} {tax}")
        click.echo(f"Prix : {found.prices.source}, lus le {found.prices.read_on}")
        for one in found.missing:
            click.echo(f"✗ {one}")
        if found.prices.example:
            say("Ces prix sont ceux de l'exemple, inventés : remplacez-les, puis retirez « example: true ».")
        if (datetime.datetime.now(datetime.UTC).date() - found.prices.read_on).days > STALE_DAYS:
            say("Ces prix ont plus d'un an : relisez-les.")
    if found.missing:
        raise click.exceptions.Exit(1)
