"""A relay that refuses us says so before anything is changed; one that is silent proves nothing."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.mail_relay import refusal
from infra.model.mail import Relay
from tests.smtp import mail_server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key, for 127.0.0.1, that stands for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relais")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("relais") / "relais.pem"
    encoding = serialization.Encoding.PEM
    path.write_bytes(
        made.public_bytes(encoding)
        + key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def served(certificate: Path) -> ssl.SSLContext:
    """TLS as the relay speaks it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(certificate: Path) -> ssl.SSLContext:
    """TLS as a machine that knows the relay's authority speaks it."""
    return ssl.create_default_context(cafile=str(certificate))


@pytest.mark.parametrize("implicit", [False, True])
def test_a_good_account_is_taken_and_a_wrong_password_told(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, implicit: bool
) -> None:
    with mail_server(served(certificate), implicit=implicit, account="ville:sesame") as server:
        monkeypatch.setattr("infra.model.mail.IMPLICIT_TLS", server.port if implicit else 465)
        relay = Relay(host="127.0.0.1", port=server.port, user="ville")
        assert refusal(relay, "sesame", trusting(certificate)) == ""
        said = refusal(relay, "autre", trusting(certificate))
        assert "refuse le compte ville (réponse 535)" in said
        assert "gru secret set mail_relay_password" in said
        assert not server.mails


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with mail_server(served(certificate)) as server:
        said = refusal(Relay(host="127.0.0.1", port=server.port), "")
    assert "un certificat que rien ne garantit" in said


def test_a_certificate_of_another_name_is_refused(certificate: Path) -> None:
    with mail_server(served(certificate)) as server:
        said = refusal(Relay(host="localhost", port=server.port), "", trusting(certificate))
    assert "corrigez mail.relay.host" in said


def test_a_relay_without_tls_is_refused(certificate: Path) -> None:
    with mail_server() as server:
        assert "n'offre pas STARTTLS" in refusal(Relay(host="127.0.0.1", port=server.port), "")


def test_a_relay_that_speaks_plainly_where_tls_is_expected_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as server:
        monkeypatch.setattr("infra.model.mail.IMPLICIT_TLS", server.port)
        assert "465 est pour TLS d'emblée" in refusal(Relay(host="127.0.0.1", port=server.port), "")


def test_a_relay_without_accounts_is_told(certificate: Path) -> None:
    with mail_server(served(certificate)) as server:
        relay = Relay(host="127.0.0.1", port=server.port, user="ville")
        assert "ne prend pas de compte" in refusal(relay, "sesame", trusting(certificate))


def test_silence_from_here_is_no_refusal() -> None:
    """The hosts may reach what the operator's machine does not."""
    with mail_server() as server:
        port = server.port
    assert refusal(Relay(host="127.0.0.1", port=port), "") == ""
    assert refusal(Relay(host="nulle-part.invalid", port=587), "") == ""
