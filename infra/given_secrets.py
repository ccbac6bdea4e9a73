"""Secrets that no program can draw: somebody else chose them, and the operator hands them over, once.

They go in the site's vault beside those that are drawn (`secret_store.py`), and never in site.yaml, in an argument of
a command or in a log.
"""

from __future__ import annotations

from collections.abc import Iterable

from infra.model import Site
from infra.model.backup import S3_KEY, S3_SECRET, S3Backup
from infra.model.certificate import DNS_SECRET, AcmeCertificate
from infra.model.franceconnect import CLIENT_ID, CLIENT_SECRET, ISSUERS, PARTNERS
from infra.model.mail import RELAY_PASSWORD
from infra.secret_store import keep_secret, read_secrets
from infra.state import OperatorError, Stack

GIVEN: dict[str, str] = {
    RELAY_PASSWORD: "le mot de passe du compte « mail.relay.user » chez le relais de courriel",
    S3_KEY: "l'identifiant (access key) du compte qui écrit les sauvegardes",
    S3_SECRET: "la clé secrète (secret key) du compte qui écrit les sauvegardes",
    CLIENT_ID: "l'identifiant (client id) que l'espace partenaires de FranceConnect donne à la commune",
    CLIENT_SECRET: "le secret (client secret) que l'espace partenaires de FranceConnect donne à la commune",
    DNS_SECRET: "la clé TSIG (en base 64) qui permet au frontal d'écrire dans le DNS de la commune",
}
"""What may be given, and what it is, in French."""

_LONGEST = 4096


def give_secret(stack: Stack, name: str, value: str) -> None:
    """Keep a secret that the operator gives. Raises OperatorError: unknown name, or a value that cannot be one."""
    _known(name)
    value = value.rstrip("\r\n")
    if not value.strip() or len(value) > _LONGEST or not value.isprintable():
        raise OperatorError(f"« {name} » doit tenir sur une ligne, sans caractère de commande. Rien n'a été changé.")
    keep_secret(stack, name, value)


def forget_secret(stack: Stack, name: str) -> None:
    """Forget it. Raises OperatorError: unknown name."""
    _known(name)
    keep_secret(stack, name, None)


def given_secrets(stack: Stack) -> dict[str, bool]:
    """Which of the secrets that may be given are known."""
    known = read_secrets(stack) if stack.secrets_file.exists() else {}
    return {name: name in known for name in GIVEN}


def wanted_secrets(stack: Stack, site: Site) -> Iterable[str]:
    """Preflight: what the site leans on and nobody gave yet."""
    relay = site.mail.relay
    if relay and relay.user and not site.mail.sink and not given_secrets(stack)[RELAY_PASSWORD]:
        yield (
            f"le relais de courriel demande un compte (mail.relay.user : {relay.user}), et son mot de passe manque :"
            f" donnez-le par « gru secret set {RELAY_PASSWORD} --stack {stack.name} »"
        )
    if isinstance(site.backup, S3Backup):
        for name in (S3_KEY, S3_SECRET):
            if not given_secrets(stack)[name]:
                yield (
                    f"les sauvegardes vont à {site.backup.endpoint}, et {GIVEN[name]} manque : donnez-le par"
                    f" « gru secret set {name} --stack {stack.name} »"
                )
    if site.features.franceconnect in ISSUERS:
        for name in (CLIENT_ID, CLIENT_SECRET):
            if not given_secrets(stack)[name]:
                yield (
                    f"« features.franceconnect: {site.features.franceconnect} », et {GIVEN[name]} manque :"
                    f" déclarez le site sur {PARTNERS} avec ce qu'affiche « gru franceconnect --stack {stack.name} »,"
                    f" puis « gru secret set {name} --stack {stack.name} »"
                )
    certificate = site.certificate
    if isinstance(certificate, AcmeCertificate) and certificate.dns and not given_secrets(stack)[DNS_SECRET]:
        yield (
            f"le secret de la clé TSIG « {certificate.dns.key_name} » manque (certificate.dns) : donnez-le par"
            f" « gru secret set {DNS_SECRET} --stack {stack.name} »"
        )


def _known(name: str) -> None:
    if name not in GIVEN:
        raise OperatorError(f"« {name} » n'est pas un secret à donner. Possibles : {', '.join(GIVEN)}.")
