"""`gru mail`: read the mails that a local platform kept instead of sending, or those that came back to no message."""

from __future__ import annotations

import email
import email.policy
import json

import click

from infra.cli.options import json_option, stack_option
from infra.inventory import read_inventory
from infra.remote import host_of, run_remote
from infra.state import OperatorError, Stack

_COMMAND = "/usr/local/bin/gru-mail-puits"


@click.command(help="Lister les courriels gardés par la plateforme locale, ou en lire un (NUMÉRO).")
@click.argument("message", required=False, metavar="[NUMÉRO]")
@click.option("--to", "recipient", metavar="ADRESSE", help="Seulement les courriels adressés à cette personne.")
@click.option("--returns", is_flag=True, help="Ceux qui sont revenus et ne concernent aucun message connu.")
@click.option("--purge", is_flag=True, help="Effacer tous les courriels gardés.")
@json_option
@stack_option
def mail(
    message: str | None, recipient: str | None, *, returns: bool, purge: bool, as_json: bool, stack_name: str
) -> None:
    """List, show or purge the sink of a stack whose site says `mail.sink: true`, or what came back."""
    inventory = read_inventory(Stack(stack_name))
    if not returns and not inventory["all"]["vars"]["gru_mail"]["sink"]:
        raise OperatorError(
            "Cette plateforme envoie ses courriels : elle n'en garde pas (mail.sink: false). « gru mail --returns »"
            " montre ceux qui sont revenus."
        )
    command = [_COMMAND, "--returns"] if returns else [_COMMAND]
    host = host_of(inventory, "mail")
    if purge:
        run_remote(inventory, host, [*command, "purge"])
        click.echo("Les courriels gardés sont effacés.", err=True)
        return
    listed = json.loads(run_remote(inventory, host, [*command, "list", "--json"]))
    if recipient:
        listed = [item for item in listed if recipient.lower() in str(item["to"]).lower()]
    if message is None:
        _show_list(listed, as_json)
        return
    identifier = _identifier(listed, message)
    raw = run_remote(inventory, host, [*command, "show", identifier])
    if as_json:
        click.echo(json.dumps(_as_dict(raw), ensure_ascii=False))
        return
    content = _as_dict(raw)
    click.echo("\n".join(f"{name} : {content[name]}" for name in ("date", "from", "to", "subject")))
    click.echo("\n" + content["text"])


def _show_list(listed: list[dict[str, str]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    if not listed:
        click.echo("Aucun courriel gardé.")
        return
    for number, item in enumerate(listed, start=1):
        click.echo(f"{number:3d}  {item['date']}  {item['to']}  {item['subject']}")
    click.echo("\nPour en lire un : gru mail NUMÉRO")


def _identifier(listed: list[dict[str, str]], message: str) -> str:
    if message.isdecimal() and 1 <= int(message) <= len(listed):
        return listed[int(message) - 1]["id"]
    if any(item["id"] == message for item in listed):
        return message
    raise OperatorError(f"Il n'y a pas de courriel « {message} ». « gru mail » donne la liste.")


def _as_dict(raw: str) -> dict[str, str]:
    parsed = email.message_from_bytes(raw.encode(), policy=email.policy.default)
    body = parsed.get_body(preferencelist=("plain", "html"))
    return {
        "date": str(parsed["Date"]),
        "from": str(parsed["From"]),
        "to": str(parsed["To"]),
        "subject": str(parsed["Subject"]),
        "text": str(body.get_content()) if body else "",
    }
