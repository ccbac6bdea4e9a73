"""How mails leave the platform, how they come back, and who looks after it."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from infra.model.strict import Strict
from infra.model.words import Email

_NAME = re.compile(r"(_?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

SUBMISSION = 587
IMPLICIT_TLS = 465
RELAY_PASSWORD = "mail_relay_password"  # noqa: S105 - the name of a secret, not a secret
"""The secret that goes with ``relay.user``; the operator gives it (``gru secret set``)."""


class Relay(Strict):
    """The server to which all mails are given, always over TLS, its certificate checked."""

    host: str = Field(description="Nom du serveur relais, tel que son certificat le porte")
    port: int = Field(default=SUBMISSION, ge=1, le=65535, description="465 : TLS dès la connexion ; ailleurs, STARTTLS")
    user: str | None = Field(
        default=None, description="Compte chez le relais ; son mot de passe se donne par « gru secret set »"
    )
    spf: str | None = Field(
        default=None, description="Nom que le relais demande d'inclure dans l'enregistrement SPF (« include: »)"
    )

    @field_validator("host", "spf")
    @classmethod
    def _is_a_name(cls, value: str | None) -> str | None:
        if value is not None and not _NAME.fullmatch(value):
            raise ValueError(f"« {value} » n'est pas un nom de serveur (exemple : relais.exemple.fr)")
        return value

    @field_validator("user")
    @classmethod
    def _one_account(cls, value: str | None) -> str | None:
        if value is not None and (not value.strip() or ":" in value or re.search(r"\s", value)):
            raise ValueError("le compte du relais ne contient ni espace ni « : » (son mot de passe ne s'écrit pas ici)")
        return value

    @property
    def tls(self) -> Literal["implicit", "starttls"]:
        """How TLS begins: with the connection on port 465 (RFC 8314), else with STARTTLS."""
        return "implicit" if self.port == IMPLICIT_TLS else "starttls"


def _short_form(value: Any) -> Any:
    """``"name:port"`` as a block; a name alone is on port 25, as it always was."""
    if not isinstance(value, str):
        return value
    host, _, port = value.partition(":")
    if port and not port.isdecimal():
        raise ValueError(f"« {value} » n'est pas de la forme « nom:port »")
    return {"host": host, "port": int(port or 25)}


class Mail(Strict):
    """How mails leave the platform."""

    sender: Email
    relay: Annotated[Relay | None, BeforeValidator(_short_form, json_schema_input_type=Relay | str | None)] = Field(
        default=None,
        description="Serveur relais (host, port, user), ou sa forme courte « nom:port » ; envoi direct sinon",
    )
    operators: list[Email] = Field(
        default=[], description="Qui reçoit les alertes, les courriels de root et ceux du courrier lui-même"
    )
    public_address: ipaddress.IPv4Address | None = Field(
        default=None, description="Adresse publique d'où partent les courriels de l'hôte qui porte la fonction mail"
    )
    receive_returns: bool = Field(
        default=False,
        description=(
            "Reçoit de l'extérieur, sur le port 25 de public_address, les avis de non-remise (un enregistrement MX les"
            " y mène) ; rien d'autre n'est reçu"
        ),
    )
    dkim_selector: str = Field(default="gru", description="Sélecteur DKIM : un autre nom fait tirer une autre clé")
    sink: bool = Field(default=False, description="Garde tous les courriels pour lecture, n'envoie rien")

    @field_validator("dkim_selector")
    @classmethod
    def _selector_is_a_label(cls, value: str) -> str:
        if not _LABEL.fullmatch(value):
            raise ValueError("le sélecteur est fait de minuscules, de chiffres et de tirets (exemple : gru2)")
        return value

    @property
    def dkim_secret(self) -> str:
        """Name of the secret that is its signing key: another selector, another key."""
        return f"mail_dkim_key_{self.dkim_selector}"

    @property
    def signing_domain(self) -> str:
        """Domain that signs, that of the sender: what DMARC compares."""
        return self.sender.rpartition("@")[2].lower()


def returns_domain(domain: str) -> str:
    """Where mails that could not be delivered come back, and nothing else is received: no mailbox of the town's."""
    return f"retours.{domain}"


def operators_of(mail: Mail, domain: str) -> list[str]:
    """Who is written to; on a machine of one's own, where nothing leaves, an address that nobody needs to make."""
    return list(mail.operators) or [f"exploitation@{domain}"]
