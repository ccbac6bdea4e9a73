"""Tokens: as FranceConnect signs them, and as somebody would who wants to be taken for it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

HONEST = "conforme"

ERRORS = {
    "access_denied": "User auth aborted",
    "login_required": "End-User authentication is required",
    "consent_required": "End-User consent is required",
    "invalid_scope": "requested scope is not allowed",
    "invalid_request": "invalid parameter (Y030007)",
    "unauthorized_client": "requested response_type is not allowed for this client",
    "server_error": "authentication aborted due to a technical error on the authorization server (Y020027)",
    "temporarily_unavailable": "authentication aborted due to a technical error on the authorization server (Y010011)",
}
"""What FranceConnect returns instead of a code, and its own words."""

HOSTILE = {
    "signature": "jeton signé par une autre clé",
    "sans_signature": "jeton sans signature (alg: none)",
    "secret_partage": "jeton signé avec le secret partagé (HS256)",
    "aud": "jeton destiné à un autre site",
    "iss": "jeton d'un autre fournisseur",
    "acr": "niveau plus bas que demandé",
    "sans_acr": "niveau absent",
    "expire": "jeton expiré",
    "nonce": "nonce d'une autre demande",
    "sub_long": "sub trop long",
    "sub_vide": "sub vide",
    "at_hash": "jeton d'un autre accès (at_hash)",
    "retour_iss": "retour au nom d'un autre fournisseur",
    "retour_state": "retour pour une autre demande (state)",
    "identite_signature": "identité signée par une autre clé",
    "identite_json": "identité sans signature (JSON)",
    "identite_aud": "identité destinée à un autre site",
    "identite_iss": "identité d'un autre fournisseur",
    "identite_expiree": "identité expirée",
    "identite_sub": "identité de quelqu'un d'autre",
    "identite_absente": "identité refusée",
    "code_refuse": "code refusé",
}
"""Answers that a service must refuse."""


def b64(data: bytes) -> str:
    """Base 64 for addresses, without its padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """ES256 over one key, made at the first start and kept: the identity provider caches its public half."""

    def __init__(self, path: Path) -> None:
        if path.exists():
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        else:
            key = ec.generate_private_key(ec.SECP256R1())
            pem = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(pem)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            sys.exit(f"{path} : une clé EC P-256 est attendue")
        self.key = key
        self.stranger = ec.generate_private_key(ec.SECP256R1())
        numbers = key.public_key().public_numbers()
        x, y = b64(numbers.x.to_bytes(32, "big")), b64(numbers.y.to_bytes(32, "big"))
        self.key_id = b64(hashlib.sha256(f"{x}.{y}".encode()).digest()[:12])
        self.public = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.key_id, "x": x, "y": y}

    def sign(self, claims: Mapping[str, object], *, stranger: bool = False) -> str:
        """A JWT; by a key that is not published if `stranger`, under the name of the one that is."""
        text = self._text({"alg": "ES256", "typ": "JWT", "kid": self.key_id}, claims)
        key = self.stranger if stranger else self.key
        r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def unsigned(self, claims: Mapping[str, object]) -> str:
        """A JWT that nobody signed."""
        return self._text({"alg": "none", "typ": "JWT"}, claims) + "."

    def by_secret(self, claims: Mapping[str, object], secret: str) -> str:
        """A JWT signed by whoever knows the service's secret: the service itself, for one."""
        text = self._text({"alg": "HS256", "typ": "JWT"}, claims)
        return f"{text}.{b64(hmac.digest(secret.encode(), text.encode(), 'sha256'))}"

    def is_ours(self, token: str) -> bool:
        """Whether this signer made a token, whatever its age."""
        try:
            text, _, signature = token.rpartition(".")
            raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
            whole = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
            self.key.public_key().verify(whole, text.encode(), ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True

    @staticmethod
    def _text(header: Mapping[str, object], claims: Mapping[str, object]) -> str:
        return ".".join(b64(json.dumps(part, ensure_ascii=False).encode()) for part in (header, claims))


def half_hash(token: str) -> str:
    """`at_hash` of an access token (OpenID Connect Core, 3.1.3.6), for ES256."""
    return b64(hashlib.sha256(token.encode()).digest()[:16])


def id_token(signer: Signer, claims: dict[str, object], play: str, secret: str) -> str:
    """The identity token, as `play` wants it."""
    changes: dict[str, dict[str, object]] = {
        "aud": {"aud": "un-autre-site"},
        "iss": {"iss": "https://franceconnect.example.org/api/v2"},
        "acr": {"acr": "eidas0"},
        "sans_acr": {"acr": None},
        "expire": {"iat": 1_700_000_000, "exp": 1_700_000_060},
        "nonce": {"nonce": "0" * 64},
        "sub_long": {"sub": "a" * 400},
        "sub_vide": {"sub": ""},
        "at_hash": {"at_hash": half_hash("un autre")},
    }
    told = {name: value for name, value in (claims | changes.get(play, {})).items() if value is not None}
    if play == "sans_signature":
        return signer.unsigned(told)
    if play == "secret_partage":
        return signer.by_secret(told, secret)
    return signer.sign(told, stranger=play == "signature")


def user_information(signer: Signer, claims: dict[str, object], play: str) -> tuple[str, str]:
    """What is told of the person, as `play` wants it: text, and its content type."""
    changes: dict[str, dict[str, object]] = {
        "identite_aud": {"aud": "un-autre-site"},
        "identite_iss": {"iss": "https://franceconnect.example.org/api/v2"},
        "identite_expiree": {"iat": 1_700_000_000, "exp": 1_700_000_060},
        "identite_sub": {"sub": "quelqu-un-d-autre"},
        "sub_long": {"sub": "a" * 400},
        "sub_vide": {"sub": ""},
    }
    told = claims | changes.get(play, {})
    if play == "identite_json":
        return json.dumps(told), "application/json"
    return signer.sign(told, stranger=play == "identite_signature"), "application/jwt"
