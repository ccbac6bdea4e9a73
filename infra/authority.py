"""The local certificate authority of a site: its key is kept among the secrets; made again when it must be."""

from __future__ import annotations

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.model import Site

_VALIDITY = datetime.timedelta(days=3650)
_HOST_CERTIFICATE = datetime.timedelta(days=397 + 30)
"""A host's certificate must not outlive the authority (role `base` makes it for 397 days, a month ahead)."""


def domains_of(site: Site) -> list[str]:
    """What the site's authority must vouch for: its domain, then the public names that are elsewhere."""
    elsewhere = {name for name in site.public_names().values() if not _under(name, [site.domain])}
    return [site.domain, *sorted(elsewhere)]


def why_not(certificate: str, site: Site, now: datetime.datetime | None = None) -> str | None:
    """Why the authority whose certificate (PEM) is given can no longer serve `site`, in French; None when it can."""
    root = x509.load_pem_x509_certificate(certificate.encode())
    allowed = permitted(root)
    lacking = [name for name in domains_of(site) if not _under(name, allowed)]
    if lacking:
        return f"elle ne vaut que pour {', '.join(allowed)}, et le site demande {', '.join(lacking)}"
    if root.not_valid_after_utc - (now or datetime.datetime.now(datetime.UTC)) < _HOST_CERTIFICATE:
        return f"elle finit le {root.not_valid_after_utc:%d/%m/%Y}, avant les certificats qu'elle devrait signer"
    return None


def permitted(root: x509.Certificate) -> list[str]:
    """Domains that an authority may vouch for."""
    constraints = root.extensions.get_extension_for_class(x509.NameConstraints).value
    return [str(name.value) for name in constraints.permitted_subtrees or []]


def _under(name: str, domains: list[str]) -> bool:
    return any(name == domain or name.endswith(f".{domain}") for domain in domains)


def make_authority(town: str, domains: list[str]) -> tuple[str, str]:
    """Return `(key, certificate)` in PEM for an authority that can only vouch for names under `domains`.

    The name constraint (RFC 5280, 4.2.1.10) limits what trusting this root exposes a browser to.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, town[:60]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Autorité locale de {domains[0]}"[:64]),
        ]
    )
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + _VALIDITY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=False,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.NameConstraints([x509.DNSName(domain) for domain in domains], None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
    )
