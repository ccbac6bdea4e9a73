"""Whether the mail relay takes us, asked before anything is changed.

The operator's machine is not the host that will send: a relay that it cannot reach proves nothing. One that answers and
refuses (no TLS, another's certificate, a wrong password) will refuse the host too.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable

from infra.model import Site
from infra.model.mail import RELAY_PASSWORD, Relay
from infra.secret_store import read_secrets
from infra.state import Stack

_SECONDS = 8


def relay_takes_us(stack: Stack, site: Site) -> Iterable[str]:
    """Preflight: the relay's certificate is its own and the account is good, as far as this machine can tell."""
    relay = site.mail.relay
    if relay is None or site.mail.sink:
        return
    password = read_secrets(stack).get(RELAY_PASSWORD, "") if stack.secrets_file.exists() else ""
    if relay.user and not password:
        return  # said by given_secrets
    if said := refusal(relay, password):
        yield said


def refusal(relay: Relay, password: str, context: ssl.SSLContext | None = None) -> str:
    """What the relay refuses, in French; empty when it takes us, or when it does not answer from here."""
    try:
        said = _try(relay, password, context or ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        said = f"présente un certificat que rien ne garantit ({error.verify_message}) : corrigez mail.relay.host"
    except ssl.SSLError:
        said = "ne parle pas TLS comme attendu : 465 est pour TLS d'emblée, 587 pour STARTTLS"
    except smtplib.SMTPNotSupportedError:
        said = "ne prend pas de compte : retirez mail.relay.user, ou changez mail.relay.port"
    except smtplib.SMTPAuthenticationError as error:
        said = (
            f"refuse le compte {relay.user} (réponse {error.smtp_code}) : vérifiez mail.relay.user, puis redonnez le"
            f" mot de passe par « gru secret set {RELAY_PASSWORD} »"
        )
    except (OSError, smtplib.SMTPException):
        said = ""
    return f"le relais de courriel {relay.host}:{relay.port} {said}" if said else ""


def _try(relay: Relay, password: str, context: ssl.SSLContext) -> str:
    with _connected(relay, context) as server:
        if relay.tls == "starttls":
            server.ehlo()
            if not server.has_extn("starttls"):
                return "n'offre pas STARTTLS : changez mail.relay.port (587, ou 465 pour TLS d'emblée)"
            server.starttls(context=context)
        if relay.user and f"{relay.user}{password}".isascii():  # smtplib can say no other
            server.login(relay.user, password)
    return ""


def _connected(relay: Relay, context: ssl.SSLContext) -> smtplib.SMTP:
    if relay.tls == "implicit":
        return smtplib.SMTP_SSL(relay.host, relay.port, timeout=_SECONDS, context=context)
    return smtplib.SMTP(relay.host, relay.port, timeout=_SECONDS)
