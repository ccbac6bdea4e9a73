"""Certificates made for tests: an authority, an intermediate, sites' certificates, right and wrong."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
_HOUR = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Signed:
    """A site's certificate with its intermediates, and its key, in PEM."""

    chain: str
    key: str


class Authority:
    """Signs what it is asked; its own certificate is signed by `above`, else by itself."""

    def __init__(self, name: str, above: Authority | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.above = above
        signer = above or self
        now = datetime.datetime.now(datetime.UTC)
        self.own = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(signer.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _HOUR)
            .not_valid_after(now + datetime.timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(signer.key, hashes.SHA256())
        )

    @classmethod
    def kept(cls, certificate: str, key: str) -> Authority:
        """One that exists already, from its certificate and its key in PEM."""
        found = cls.__new__(cls)
        found.own = x509.load_pem_x509_certificate(certificate.encode())
        loaded = serialization.load_pem_private_key(key.encode(), password=None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise TypeError("the key of an authority is an elliptic one")
        found.key, found.name, found.above = loaded, found.own.subject, None
        return found

    @property
    def certificate(self) -> str:
        """In PEM."""
        return self.own.public_bytes(serialization.Encoding.PEM).decode()

    def sign(
        self,
        names: Sequence[str],
        *,
        key: Key | None = None,
        days: float = 90,
        begins: datetime.datetime | None = None,
        addresses: Sequence[str] = (),
        client: bool = False,
    ) -> Signed:
        """A certificate for `names`, followed by this authority's own where it is an intermediate."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        begins = begins or datetime.datetime.now(datetime.UTC) - _HOUR
        carried = [x509.DNSName(name) for name in names] + [x509.IPAddress(ipaddress.ip_address(a)) for a in addresses]
        usage = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, (*names, *addresses)[0])]))
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + datetime.timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName(carried), critical=False)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        chain = certificate.public_bytes(serialization.Encoding.PEM).decode()
        return Signed(chain + (self.certificate if self.above else ""), private_pem(key))


def private_pem(key: Key, passphrase: bytes | None = None) -> str:
    """A private key in PEM, encrypted when a passphrase is given."""
    protection = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection).decode()
