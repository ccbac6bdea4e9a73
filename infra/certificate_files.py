"""The town's own certificate, read from its files: whether browsers would take it, said before anything is touched.

Sentences are French, and each says which file and what to do.
"""

from __future__ import annotations

import contextlib
import datetime
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

WARNED = datetime.timedelta(days=21)
"""Time left from which a certificate is spoken of; the alert of the monitoring says the same."""

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)

_SYSTEM_ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")
_RSA_BITS = 2048
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class Unreadable(Exception):
    """A file that is not what it should be. The message is French and says what to do."""


@dataclass(frozen=True)
class Files:
    """What the town gave. `chain` is in the file's order, `roots` are the authorities that hosts will trust."""

    certificate: Path
    key_file: Path
    chain: tuple[x509.Certificate, ...]
    key: PrivateKeyTypes
    roots: tuple[x509.Certificate, ...]


def read_files(certificate: Path, key: Path, ca_file: Path | None) -> Files:
    """Read the town's files. Raises Unreadable."""
    roots = read_certificates(ca_file) if ca_file else ()
    return Files(certificate, key, read_certificates(certificate), _read_key(key), (*roots, *_system_roots()))


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """Certificates of a PEM file, in its order; one at least. Raises Unreadable."""
    content = _content(path)
    try:
        found = _parsed(content)
    except ValueError as error:
        raise Unreadable(
            f"{path} : un certificat y est abîmé ({error}). Recopiez le fichier reçu de l'autorité"
        ) from error
    if found:
        return found
    if b"PRIVATE KEY-----" in content:
        raise Unreadable(f"{path} : c'est une clé privée, pas un certificat. Échangez les deux fichiers dans site.yaml")
    if content[:1] == b"\x30":
        raise Unreadable(
            f"{path} : le certificat n'est pas au format PEM. Convertissez-le :"
            " « openssl x509 -inform DER -in FICHIER -out certificat.pem » (« openssl pkcs12 » pour un .pfx ou .p12)"
        )
    raise Unreadable(f"{path} : aucun certificat PEM (« -----BEGIN CERTIFICATE----- ») dans ce fichier")


def _parsed(content: bytes) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificate(block) for block in _BLOCK.findall(content))


def _system_roots() -> Iterator[x509.Certificate]:
    """The authorities that this machine trusts, as hosts do; some are too odd to be read."""
    content = _SYSTEM_ROOTS.read_bytes() if _SYSTEM_ROOTS.exists() else b""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for block in _BLOCK.findall(content):
            with contextlib.suppress(ValueError):
                yield x509.load_pem_x509_certificate(block)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Unreadable(f"{path} n'existe pas. Posez-le dans le dossier du site, ou corrigez son nom") from None
    except OSError as error:
        raise Unreadable(f"{path} ne se lit pas ({error.strerror}). Donnez-vous le droit de le lire") from error


def _read_key(path: Path) -> PrivateKeyTypes:
    content = _content(path)
    try:
        return serialization.load_pem_private_key(content, password=None)
    except TypeError:
        raise Unreadable(
            f"{path} : la clé est protégée par une phrase secrète, et le frontal doit pouvoir redémarrer seul."
            f" Retirez-la : « openssl pkey -in {path.name} -out cle.pem »"
        ) from None
    except ValueError as error:
        if b"-----BEGIN CERTIFICATE-----" in content and b"PRIVATE KEY-----" not in content:
            raise Unreadable(
                f"{path} : c'est un certificat, pas une clé privée. Échangez les deux fichiers dans site.yaml"
            ) from error
        raise Unreadable(f"{path} : aucune clé privée PEM lisible dans ce fichier") from error


def problems(files: Files, names: Sequence[str], now: datetime.datetime) -> Iterator[str]:
    """Why browsers would refuse `files` for `names`, one sentence a problem."""
    leaf = files.chain[0]
    if _same_key(leaf, files.key):
        yield from _not_theirs(files, names)
    elif any(_same_key(other, files.key) for other in files.chain[1:]):
        yield (
            f"{files.certificate} : le certificat du site doit être le premier du fichier, ses intermédiaires après."
            " Remettez-les dans cet ordre"
        )
        return
    else:
        yield (
            f"{files.key_file} n'est pas la clé de {files.certificate}. Prenez la clé avec laquelle la demande de"
            " certificat a été faite"
        )
    yield from _chain_problems(files)
    for one in files.chain:
        if one.not_valid_after_utc <= now:
            yield f"{files.certificate} : « {_name(one)} » a expiré le {_day(one.not_valid_after_utc)}. Renouvelez-le"
        if one.not_valid_before_utc > now:
            yield (
                f"{files.certificate} : « {_name(one)} » ne vaut qu'à partir du {_day(one.not_valid_before_utc)}."
                " Attendez ce jour, ou vérifiez l'heure de cette machine"
            )
    yield from _weak(files)


def soon_over(files: Files, now: datetime.datetime) -> Iterator[str]:
    """What still holds, but not for long."""
    for one in files.chain:
        left = one.not_valid_after_utc - now
        if datetime.timedelta(0) < left < WARNED:
            yield (
                f"{files.certificate} : « {_name(one)} » expire le {_day(one.not_valid_after_utc)}, dans {left.days} j."
                " Demandez le suivant, remplacez le fichier, puis relancez « gru up »"
            )


def _same_key(certificate: x509.Certificate, key: PrivateKeyTypes) -> bool:
    public = getattr(key, "public_key", None)
    return public is not None and _spki(certificate.public_key()) == _spki(public())


def _spki(key: object) -> bytes:
    encoded: bytes = key.public_bytes(  # type: ignore[attr-defined]
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded


def _not_theirs(files: Files, names: Sequence[str]) -> Iterator[str]:
    """Names that the certificate lacks, and what makes it no server's certificate."""
    leaf = files.chain[0]
    carried = _dns_names(leaf)
    missing = [name for name in names if not any(covers(one, name) for one in carried)]
    if missing:
        yield (
            f"{files.certificate} ne porte pas {', '.join(missing)} (il porte : {', '.join(carried) or 'aucun nom'})."
            " Faites-le refaire avec tous ces noms, ou changez « names » dans site.yaml"
        )
    usage = _extension(leaf, x509.ExtendedKeyUsage)
    if usage is not None and ExtendedKeyUsageOID.SERVER_AUTH not in usage:
        yield f"{files.certificate} n'est pas un certificat de serveur web. Demandez un certificat « TLS serveur »"


def covers(pattern: str, name: str) -> bool:
    """Whether a name of a certificate is `name`; a star stands for one label (RFC 6125, 6.4.3)."""
    pattern, name = pattern.lower(), name.lower()
    if pattern.startswith("*."):
        first, _, rest = name.partition(".")
        return bool(first) and rest == pattern[2:]
    return pattern == name


def _chain_problems(files: Files) -> Iterator[str]:
    for one, above in zip(files.chain, files.chain[1:], strict=False):
        if not _issued_by(one, above):
            yield (
                f"{files.certificate} : « {_name(one)} » n'est pas signé par « {_name(above)} », qui le suit. Mettez le"
                " certificat du site d'abord, puis chaque intermédiaire après celui qu'il signe"
            )
            return
    last = files.chain[-1]
    if last in files.roots or any(_issued_by(last, root) for root in files.roots):
        return
    if last.issuer == last.subject:
        yield (
            f"{files.certificate} : cette machine ne se fie pas à l'autorité « {_name(last)} ». Si c'est celle de la"
            " commune, dites-le dans site.yaml (certificate.ca_file) ; sinon, le certificat n'est pas public"
        )
    else:
        yield (
            f"{files.certificate} : il manque le certificat intermédiaire « {_text(last.issuer)} », qui signe"
            f" « {_name(last)} ». Ajoutez-le à la fin du fichier (l'autorité le fournit) ; pour une autorité de la"
            " commune, donnez sa racine (certificate.ca_file)"
        )


def _issued_by(one: x509.Certificate, above: x509.Certificate) -> bool:
    if one.issuer != above.subject:
        return False
    try:
        one.verify_directly_issued_by(above)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def _weak(files: Files) -> Iterator[str]:
    for one in files.chain:
        key = one.public_key()
        told = f"{files.certificate} : « {_name(one)} »"
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < _RSA_BITS:
            yield f"{told} a une clé RSA de {key.key_size} bits, trop courte : {_RSA_BITS} au moins. Faites-le refaire"
        elif isinstance(key, ec.EllipticCurvePublicKey) and not isinstance(key.curve, _CURVES):
            yield f"{told} a une clé sur la courbe {key.curve.name}, que les navigateurs refusent. Prenez P-256"
        elif isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            yield f"{told} a une clé Edwards, que les navigateurs refusent. Prenez ECDSA P-256 ou RSA"
        signed = one.signature_hash_algorithm
        if one.issuer != one.subject and signed is not None and signed.name in ("md5", "sha1"):
            yield f"{told} est signé avec {signed.name.upper()}, que les navigateurs refusent. Faites-le refaire"


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _dns_names(certificate: x509.Certificate) -> list[str]:
    names = _extension(certificate, x509.SubjectAlternativeName)
    return [] if names is None else names.get_values_for_type(x509.DNSName)


def _name(certificate: x509.Certificate) -> str:
    names = _dns_names(certificate)
    return _text(certificate.subject) or (names[0] if names else "sans nom")


def _text(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def _day(moment: datetime.datetime) -> str:
    return f"{moment:%d/%m/%Y}"
