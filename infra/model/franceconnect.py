"""FranceConnect v2: its environments, and what a town declares of itself in its partners' space.

Sources: https://docs.partenaires.franceconnect.gouv.fr/ (endpoints), and the `iss` of tokens of each environment.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypedDict
from urllib.parse import urlsplit


class FranceConnect(StrEnum):
    """Which FranceConnect residents are offered."""

    OFF = "off"
    SIMULATED = "simulated"
    """The platform's own stand-in: anyone may claim to be anyone."""
    INTEGRATION = "integration"
    """FranceConnect's own platform for trials: its people are invented, and their passwords are public."""
    PRODUCTION = "production"


ISSUERS = {
    FranceConnect.INTEGRATION: "https://fcp-low.sbx.dev-franceconnect.fr/api/v2",
    FranceConnect.PRODUCTION: "https://oidc.franceconnect.gouv.fr/api/v2",
}
"""Address (and `iss`) of those that are not ours."""

CLIENT_ID = "franceconnect_client_id"
CLIENT_SECRET = "franceconnect_client_secret"  # noqa: S105 (the name, not the secret)
"""Names of the two secrets that FranceConnect chooses and the operator gives (`infra.given_secrets`)."""

PARTNERS = "https://partenaires.franceconnect.gouv.fr/"


class Offered(TypedDict):
    """FranceConnect as the inventory tells it."""

    issuer: str
    """Address under which it answers; empty where it is not offered."""
    outside: list[str]
    """Names, out of the platform, that the identity provider's host calls (HTTPS, port 443)."""


def as_inventory(choice: FranceConnect, simulator: str) -> Offered:
    """What the inventory says; `simulator` is the public address of the stand-in, where there is one."""
    if choice is FranceConnect.SIMULATED:
        return {"issuer": f"{simulator}/api/v2", "outside": []}
    issuer = ISSUERS.get(choice, "")
    return {"issuer": issuer, "outside": [urlsplit(issuer).netloc] if issuer else []}


def declarations(identity_provider: str, portal: str) -> dict[str, str]:
    """What to write in the partners' space, by the words of its form; both are public addresses without a slash."""
    return {
        "Adresse du site": f"{portal}/",
        "URL de redirection de connexion": f"{identity_provider}/?openidconnectcallback=1",
        "URL de redirection de déconnexion": f"{identity_provider}/?logout=1",
        "Données demandées": "nom de naissance, prénoms, nom d'usage, date, lieu et pays de naissance, adresse e-mail",
        "Niveau eIDAS": "faible (eidas1)",
        "Algorithme de signature": "ES256 (RS256 convient aussi)",
        "Chiffrement des réponses": "aucun",
    }
