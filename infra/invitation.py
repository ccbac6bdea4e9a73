"""The mail that tells an agent how to enter: sent from the platform's own mail host, as all its mails are."""

from __future__ import annotations

import shlex
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Any

from infra.remote import host_of, run_remote

_TEXT = """\
Bonjour {name},

{town} vous donne accès à son espace des agents.

1. Choisissez votre mot de passe : ouvrez {idp}/resetpwd et donnez votre adresse, {mail}.
   Vous recevez un courriel ; suivez son lien.
2. Connectez-vous : {processing}
   La première fois, un code à usage unique vous est demandé : la page explique comment l'obtenir avec un téléphone.

Vous n'attendiez pas ce courriel ? Prévenez le service informatique : {contact}
"""


def message(variables: dict[str, Any], name: str, mail: str) -> EmailMessage:
    """What is sent. `variables` are those of all hosts."""
    town, urls = variables["gru_town"], variables["gru_urls"]
    found = EmailMessage(policy=SMTP)
    found["From"] = Address(town["name"], addr_spec=variables["gru_mail"]["sender"])
    found["To"] = Address(name, addr_spec=mail)
    found["Subject"] = f"Votre accès à l'espace des agents – {town['name']}"
    found["Date"] = formatdate(localtime=False)
    found["Message-ID"] = make_msgid(domain=variables["gru_domain"])
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(
        _TEXT.format(
            name=name,
            town=town["name"],
            idp=urls["idp"],
            processing=urls["processing"],
            mail=mail,
            contact=town["email"] or town["phone"] or town["name"],
        )
    )
    return found


def send(inventory: dict[str, Any], name: str, mail: str) -> None:
    """Hand the mail to the platform's mail host. Raises OperatorError."""
    variables = inventory["all"]["vars"]
    command = ["/usr/sbin/sendmail", "-i", "-f", variables["gru_mail"]["sender"], "--", mail]
    text = message(variables, name, mail).as_bytes().decode("ascii")
    run_remote(inventory, host_of(inventory, "mail"), [shlex.quote(word) for word in command], text)
