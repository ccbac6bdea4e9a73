"""Secrets of a site: generated once, kept in an Ansible vault, read by Ansible and by nothing else."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import AnsibleVaultError, VaultLib, VaultSecret
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from infra.authority import make_authority
from infra.model import Site
from infra.state import OperatorError, Stack

PASSWORDS = (
    "database_guichet_owner",
    "database_guichet_portal",
    "database_guichet_processing",
    "database_lemonldap",
    "database_ecoute_owner",
    "database_ecoute",
    "database_exporter",
    "django_portal",
    "django_processing",
    "django_consultation",
    "ldap_admin",
    "ldap_idp",
    "ldap_portal",
    "oidc_portal",
    "oidc_processing",
    "oidc_consultation",
    "oidc_monitoring",
    "oidc_franceconnect",
    "idp_key",
    "monitoring_cookie",
)
"""Random secrets of 192 bits each, one per account or key."""


def ensure_secrets(stack: Stack, site: Site) -> bool:
    """Create what is missing among the site's secrets. Return whether anything was created.

    Raises:
        OperatorError: the vault exists but its passphrase is missing or wrong.
    """
    _ensure_passphrase(stack)
    _ensure_ssh_key(stack)
    known = read_secrets(stack) if stack.secrets_file.exists() else {}
    wanted = dict(known)
    for name in PASSWORDS:
        wanted.setdefault(name, secrets.token_urlsafe(24))
    # The demo accounts' password is typed by people.
    wanted.setdefault("demo_password", f"Mairie-{secrets.token_hex(4)}-{secrets.randbelow(90) + 10}")
    if "oidc_signing_key" not in wanted:
        wanted |= _signing_key()
    if "ca_key" not in wanted:
        key, certificate = make_authority(site.town.name, site.domain)
        wanted |= {"ca_key": key, "ca_certificate": certificate}
    if not stack.authority_file.exists():
        _write_private(stack.authority_file, wanted["ca_certificate"])
    if wanted == known:
        return False
    plain = json.dumps({"gru_secrets": wanted}, ensure_ascii=False)
    _write_private(stack.secrets_file, _vault(stack).encrypt(plain.encode()).decode())
    return True


def read_secrets(stack: Stack) -> dict[str, str]:
    """Return the decrypted secrets. Raises OperatorError when the passphrase does not open them."""
    try:
        plain = _vault(stack).decrypt(stack.secrets_file.read_bytes())
    except AnsibleVaultError as error:
        raise OperatorError(
            f"La phrase secrète de {stack.passphrase_file} n'ouvre pas {stack.secrets_file}. Remettez la phrase"
            " d'origine : sans elle, les secrets du site sont perdus."
        ) from error
    content: dict[str, dict[str, str]] = json.loads(plain)
    return content["gru_secrets"]


def _vault(stack: Stack) -> Any:
    if not stack.passphrase_file.exists():
        raise OperatorError(
            f"La phrase secrète du site est introuvable ({stack.passphrase_file}). Remettez ce fichier, ou"
            " indiquez le sien par la variable GRU_PASSPHRASE_FILE."
        )
    passphrase = stack.passphrase_file.read_bytes().strip()
    return VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(passphrase))])


def _ensure_passphrase(stack: Stack) -> None:
    if stack.passphrase_file.exists() or stack.secrets_file.exists():
        return
    _write_private(stack.passphrase_file, secrets.token_urlsafe(32) + "\n")


def _ensure_ssh_key(stack: Stack) -> None:
    if stack.ssh_key_file.exists():
        return
    key = ed25519.Ed25519PrivateKey.generate()
    encoding = serialization.Encoding
    private = key.private_bytes(encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    public = key.public_key().public_bytes(encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    _write_private(stack.ssh_key_file, private.decode())
    _write_private(stack.ssh_key_file.with_suffix(".pub"), public.decode() + f" gru-{stack.name}\n")


def _signing_key() -> dict[str, str]:
    """RSA pair of the identity provider, for RS256 (RFC 7518, 3.3: 2048 bits at least)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    encoding = serialization.Encoding
    return {
        "oidc_signing_key": key.private_bytes(
            encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        "oidc_signing_public_key": key.public_key()
        .public_bytes(encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    }


def _write_private(path: Path, text: str) -> None:
    """Write `path` whole or not at all, readable by its owner only."""
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    temporary.replace(path)
