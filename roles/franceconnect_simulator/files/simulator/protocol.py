"""What FranceConnect v2 asks of a service, and refuses. Standard library only.

Sources: https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-endpoints/ (parameters, answers),
https://github.com/france-connect/sources (back/apps/core-fcp/src/dto for formats, back/_doc/erreurs.md for codes).
Where both speak of one value, the stricter is taken.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CLAIMS = {
    "openid": ("sub",),
    "given_name": ("given_name", "given_name_array"),
    "family_name": ("family_name",),
    "preferred_username": ("preferred_username",),
    "birthdate": ("birthdate",),
    "gender": ("gender",),
    "birthplace": ("birthplace",),
    "birthcountry": ("birthcountry",),
    "email": ("email",),
}
"""What each scope gives (v2: no `address`, no `phone`; `preferred_username` by itself)."""

LEVELS = ("eidas1",)
STATE_MIN = 32
NONCE = re.compile(r"[A-Za-z0-9]{64}")
"""AuthorizeParamsDto; the documentation says 32 characters at least."""

FRANCE = "99100"
COG = re.compile(r"[0-9AB]{5}")
"""INSEE's official geographic code, of a commune (2A004) or a country (99100)."""


class Refused(Exception):
    """Told on FranceConnect's own page, with its code: the person does not come back."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


class Returned(Exception):
    """Told to the service, at its redirect URI (OpenID Connect Core, 3.1.2.6)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error, self.description = error, description


class Denied(Exception):
    """Told to the service that asks by itself, as JSON (RFC 6749, 5.2)."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.status = error, status


@dataclass(frozen=True)
class Settings:
    """What the role writes for this host."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    town: str
    key_file: Path
    address: str
    port: int
    certificate: Path
    certificate_key: Path

    @classmethod
    def read(cls, path: Path) -> Settings:
        """The settings of a file. Raises KeyError for one that is missing."""
        values = json.loads(path.read_text())
        return cls(
            issuer=values["issuer"],
            client_id=values["client_id"],
            client_secret=values["client_secret"],
            redirect_uris=tuple(values["redirect_uris"]),
            post_logout_redirect_uris=tuple(values["post_logout_redirect_uris"]),
            town=values["town"],
            key_file=Path(values["key_file"]),
            address=values["address"],
            port=values["port"],
            certificate=Path(values["certificate"]),
            certificate_key=Path(values["certificate_key"]),
        )


def check_authorization(settings: Settings, asked: Mapping[str, str]) -> None:
    """Raises Refused, then Returned, for a request that FranceConnect would not take."""
    if asked.get("client_id") != settings.client_id:
        raise Refused("Y04EA6EF", "Ce site n'est pas connu (client_id).")
    if asked.get("redirect_uri") not in settings.redirect_uris:
        raise Refused("Y04C013C", "L'adresse de retour n'est pas celle qui a été déclarée (redirect_uri).")
    if asked.get("response_type") != "code":
        raise Refused("Y030007", "response_type doit valoir « code ».")
    if len(asked.get("state", "")) < STATE_MIN:
        raise Refused("Y030007", f"state manque, ou a moins de {STATE_MIN} caractères.")
    if not NONCE.fullmatch(asked.get("nonce", "")):
        raise Refused("Y030007", "nonce manque, ou n'a pas 64 lettres et chiffres.")
    if not asked.get("acr_values"):
        raise Refused("Y030007", "acr_values manque.")
    if not asked.get("scope"):
        raise Refused("Y030007", "scope manque.")
    if not set(asked["acr_values"].split()) <= set(LEVELS):
        raise Returned("invalid_request", "acr_values not supported (Y020002)")
    scopes = asked["scope"].split()
    if "openid" not in scopes or not set(scopes) <= set(CLAIMS):
        raise Returned("invalid_scope", "requested scope is not allowed")


def check_client(settings: Settings, form: Mapping[str, str], header: str) -> None:
    """Raises Denied for a service that does not say who it is as agreed: `client_secret_post`, and nothing else."""
    known = hmac.compare_digest(form.get("client_secret", "").encode(), settings.client_secret.encode())
    if header or form.get("client_id") != settings.client_id or not known:
        raise Denied("invalid_client", 401)


def check_person(person: Mapping[str, str]) -> None:
    """Raises Refused for a civil status that FranceConnect could not have (OidcIdentityDto)."""
    faults = {
        "les prénoms ou le nom": not (person["given_name"] and person["family_name"] and person["sub"]),
        "le sexe (female ou male)": person["gender"] not in {"female", "male"},
        "la date de naissance": not re.fullmatch(r"\d{4}-\d{2}-\d{2}", person["birthdate"]),
        "le pays de naissance": not COG.fullmatch(person["birthcountry"]),
        "la commune de naissance": not re.fullmatch(r"|[0-9AB]{5}", person["birthplace"])
        or (person["birthcountry"] == FRANCE) != bool(person["birthplace"]),
        "l'adresse e-mail": "@" not in person["email"],
    }
    if wrong := [name for name, fault in faults.items() if fault]:
        raise Refused("Y000006", f"À corriger : {', '.join(wrong)}.")


def claims_of(person: Mapping[str, str], scope: str) -> dict[str, object]:
    """What is told of a person for these scopes. A name used is told only by who has one."""
    known: dict[str, object] = {**person, "given_name_array": person["given_name"].split()}
    asked = {claim for word in scope.split() for claim in CLAIMS[word]}
    return {name: value for name, value in known.items() if name in asked and (value or name == "birthplace")}
