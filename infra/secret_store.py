"""Secrets of a site: generated once, kept in an Ansible vault, read by Ansible and by nothing else."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import AnsibleVaultError, VaultLib, VaultSecret
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from infra.authority import domains_of, make_authority, why_not
from infra.model import Site
from infra.state import OperatorError, Stack

PASSWORDS = (
    "database_guichet_owner",
    "database_guichet_portal",
    "database_guichet_processing",
    "database_lemonldap",
    "database_ecoute_owner",
    "database_ecoute",
    "django_portal",
    "django_processing",
    "django_consultation",
    "ldap_idp",
    "ldap_portal",
    "oidc_portal",
    "oidc_processing",
    "oidc_consultation",
    "oidc_monitoring",
    "oidc_franceconnect",
    "idp_key",
    "monitoring_cookie",
    "mail_returns",
)
"""Random secrets of 192 bits each, one per account or key."""

DKIM_BITS = 2048
"""What RFC 8301 (3.2) asks of a signer; a longer key does not fit the DNS answers of many servers."""


BACKUP_KEY = "backup_key"
"""What encrypts backups: without it they are lost, hence kept elsewhere too (``gru backup key``)."""

SIGNING_KEY = ("oidc_signing_key", "oidc_signing_public_key")
"""Both halves of what signs identity tokens."""

DATES = "made_on"
"""When each entry was made (JSON: name, day)."""

FORMER_AUTHORITY = "ca_former_certificate"
"""What hosts trust besides the authority while it changes (PEM, public); its key is forgotten at once."""


def ensure_secrets(stack: Stack, site: Site, *, renew_authority: bool = False) -> bool:
    """Create what is missing among the site's secrets. Return whether anything was created.

    With `renew_authority`, one that can no longer serve the site (`infra.authority.why_not`) is made again.

    Raises:
        OperatorError: the vault exists but its passphrase is missing or wrong.
    """
    _ensure_passphrase(stack)
    _ensure_ssh_key(stack)
    known = read_secrets(stack) if stack.secrets_file.exists() else {}
    wanted = dict(known)
    for name in PASSWORDS:
        wanted.setdefault(name, new_password())
    # The demo accounts' password is typed by people.
    wanted.setdefault("demo_password", f"Mairie-{secrets.token_hex(4)}-{secrets.randbelow(90) + 10}")
    if "oidc_signing_key" not in wanted:
        wanted |= dict(zip(SIGNING_KEY, new_signing_key(), strict=True))
    # Backups: the key that encrypts them, and what the hosts and the repository know one another by.
    wanted.setdefault(BACKUP_KEY, secrets.token_urlsafe(48))
    for name in ("backup_client", "backup_reader", "backup_server"):
        if f"{name}_key" not in wanted:
            wanted |= _ssh_pair(name)
    # Kept here and not on the mail server: a host made again signs with the key that the DNS already tells.
    if site.mail.dkim_secret not in wanted:
        wanted[site.mail.dkim_secret] = _pem(rsa.generate_private_key(public_exponent=65537, key_size=DKIM_BITS))
    if "ca_key" not in wanted or (renew_authority and why_not(wanted["ca_certificate"], site)):
        wanted |= new_authority(wanted, site)
    if wanted != known:
        _keep(stack, made_today(wanted, wanted.keys() - known.keys()))
    keep_authority_file(stack, wanted["ca_certificate"])
    return wanted != known


def new_authority(known: dict[str, str], site: Site) -> dict[str, str]:
    """The site's authority made again, with what hosts must trust besides until they have all followed."""
    former = known.get("ca_certificate", "") + known.get(FORMER_AUTHORITY, "")
    key, certificate = make_authority(site.town.name, domains_of(site))
    return {"ca_key": key, "ca_certificate": certificate} | ({FORMER_AUTHORITY: former} if former else {})


def keep_secret(stack: Stack, name: str, value: str | None) -> None:
    """Add or replace one secret that was given by the operator; forget it when `value` is None.

    Raises:
        OperatorError: the vault exists but its passphrase is missing or wrong.
    """
    _ensure_passphrase(stack)
    known = read_secrets(stack) if stack.secrets_file.exists() else {}
    known.pop(name, None)
    _keep(stack, known if value is None else made_today(known | {name: value}, [name]))


def keep_all(stack: Stack, content: dict[str, str]) -> None:
    """Replace the whole of it, at once: values that change together are never seen half changed.

    Raises:
        OperatorError: the passphrase is missing.
    """
    _keep(stack, content)


def made_today(content: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    """The same content, which says of these entries that they were made today (UTC)."""
    today = datetime.now(UTC).date().isoformat()
    dates = days_made(content) | dict.fromkeys(names, today)
    return content | {DATES: json.dumps({name: day for name, day in sorted(dates.items()) if name in content})}


def days_made(content: dict[str, str]) -> dict[str, str]:
    """Of each entry, the day it was made (ISO 8601, UTC); one older than this record is not there."""
    found: dict[str, str] = json.loads(content.get(DATES, "{}"))
    return found


def new_password() -> str:
    """192 random bits, in characters that no file has to quote."""
    return secrets.token_urlsafe(24)


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


def _keep(stack: Stack, content: dict[str, str]) -> None:
    plain = json.dumps({"gru_secrets": content}, ensure_ascii=False)
    _write_private(stack.secrets_file, _vault(stack).encrypt(plain.encode()).decode())


def keep_authority_file(stack: Stack, certificate: str) -> None:
    """Write the authority's certificate where browsers and hosts are given it."""
    if not stack.authority_file.exists() or stack.authority_file.read_text(encoding="utf-8") != certificate:
        _write_private(stack.authority_file, certificate)


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
    private, public = _new_ssh_key()
    _write_private(stack.ssh_key_file, private)
    _write_private(stack.ssh_key_file.with_suffix(".pub"), f"{public} gru-{stack.name}\n")


def _ssh_pair(name: str) -> dict[str, str]:
    private, public = _new_ssh_key()
    return {f"{name}_key": private, f"{name}_public_key": public}


def _new_ssh_key() -> tuple[str, str]:
    """Ed25519, as OpenSSH writes both halves."""
    key = ed25519.Ed25519PrivateKey.generate()
    encoding = serialization.Encoding
    private = key.private_bytes(encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    public = key.public_key().public_bytes(encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return private.decode(), public.decode()


def new_signing_key() -> tuple[str, str]:
    """RSA pair of the identity provider, for RS256 (RFC 7518, 3.3: 2048 bits at least): private, then public half."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return _pem(key), public.decode()


def _pem(key: rsa.RSAPrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def _write_private(path: Path, text: str) -> None:
    """Write `path` whole or not at all, readable by its owner only."""
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    temporary.replace(path)
