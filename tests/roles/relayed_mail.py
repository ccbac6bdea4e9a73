"""Role `mail` as a hosted site has it: a relay that wants TLS and an account, signatures, mails that come back.

Run by the role's scenario, after the site was changed (tests/roles/scenarios/mail.yml). The relay and the site are
servers of the test's own (tests/smtp.py, http_receiver.py), on the host under test.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dkim
import pytest
from testinfra.host import Host

from infra.dns_records import public_dkim_key
from infra.model.ports import PORTS
from infra.model.site import Function
from infra.secret_store import read_secrets
from infra.state import Stack
from socle.envois import retours
from tests.certificates.made import Authority
from tests.roles.scenario import host_name
from tests.stack.conftest import host_by_name, host_of, inventory, variables_of

__all__ = ["host_by_name", "host_of", "inventory", "variables_of"]

TESTS = Path(__file__).resolve().parents[1]
FOLDER = "/run/essai"
PORT = PORTS[Function.PROCESSING]["web"].number
"""Where the site that is handed returns listens."""
RETURNS = "retours.role.gru.test"
TOKEN = "a2" * 21
SEND = """
import smtplib, ssl, sys
from email.message import EmailMessage
server, envelope, author, recipient, subject = sys.argv[1:]
mail = EmailMessage()
mail["From"], mail["To"], mail["Subject"] = "Admiville <" + author + ">", recipient, subject
mail.set_content("Votre demande est enregistrée.")
with smtplib.SMTP(server, timeout=10) as connection:
    connection.starttls(context=ssl.create_default_context())
    connection.send_message(mail, envelope or author, [recipient])
"""
FROM_OUTSIDE = """
import smtplib, sys
sender, recipient = sys.argv[1:]
with smtplib.SMTP("127.0.0.1", timeout=10) as connection:
    connection.ehlo()
    assert connection.docmd("XCLIENT", "ADDR=203.0.113.9 NAME=mx.ailleurs.example")[0] == 220
    connection.ehlo()
    connection.docmd("MAIL", "FROM:<" + sender + ">")
    print(connection.docmd("RCPT", "TO:<" + recipient + ">")[0])
"""


def wait(question: Callable[[], Any], what: str) -> Any:
    """What `question` answers once it is not empty."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.2)
    raise AssertionError(f"after 30 s: {what}")


@pytest.fixture(scope="module")
def host(host_of: Any) -> Host:
    """The mail server's host."""
    return host_of("mail")


@pytest.fixture(scope="module")
def fqdn(variables_of: Any) -> str:
    """Its name."""
    return str(variables_of("mail")["gru_fqdn"])


@pytest.fixture(scope="module", autouse=True)
def relay(host: Host) -> Iterator[None]:
    """A relay on the host, for the time of these tests."""
    host.check_output(f"install -d {FOLDER}/mails {FOLDER}/site")
    for path in (TESTS / "smtp.py", TESTS / "roles" / "http_receiver.py"):
        host.check_output(f"cat > {FOLDER}/{path.name} <<'EOF'\n{path.read_text(encoding='utf-8')}\nEOF")
    host.check_output(
        "systemd-run --unit=essai-relais python3"
        f" {FOLDER}/smtp.py {FOLDER}/mails 2587 /etc/ssl/gru/host.crt /etc/ssl/gru/host.key"
        " 'plateforme:un mot de passe' refuse@ailleurs.example"
    )
    wait(lambda: host.socket("tcp://0.0.0.0:2587").is_listening, "the relay listens")
    yield
    host.run("systemctl stop essai-relais")
    host.run(f"rm -rf {FOLDER}")


@pytest.fixture
def site(host: Host) -> Iterator[None]:
    """The site to which returns are handed, up, with a certificate of the platform for the name of its own host."""
    secrets = read_secrets(Stack("role"))
    signed = Authority.kept(secrets["ca_certificate"], secrets["ca_key"]).sign(
        [f"{host_name('processing')}.role.gru.test"]
    )
    host.check_output(f"cat > {FOLDER}/site.pem <<'EOF'\n{signed.chain}{signed.key}\nEOF")
    host.check_output(
        f"systemd-run --unit=essai-site python3 {FOLDER}/http_receiver.py {FOLDER}/site {PORT} {FOLDER}/site.pem"
    )
    wait(lambda: host.socket(f"tcp://0.0.0.0:{PORT}").is_listening, "the site listens")
    yield
    host.run("systemctl stop essai-site")


def send(host: Host, fqdn: str, *, envelope: str = "", author: str = "", to: str = "zoe@ailleurs.example") -> str:
    """Hand a mail over as a site does; its subject."""
    subject = uuid.uuid4().hex
    author = author or "ne-pas-repondre@role.gru.test"
    host.check_output("python3 -c %s %s %s %s %s %s", SEND, fqdn, envelope, author, to, subject)
    return subject


def relayed(host: Host, subject: str) -> str:
    """Path, without its extension, of the mail of this subject that the relay took."""
    found = wait(lambda: host.run(f"grep -l {subject} {FOLDER}/mails/*.eml").stdout, "the relay has the mail")
    return str(found).strip().removesuffix(".eml")


def handed_over(host: Host, token: str) -> dict[str, str]:
    """What the site was given for this token."""
    path = f"{FOLDER}/site/{token}.json"
    wait(lambda: host.file(path).exists, "the site has the mail that came back")
    kept: dict[str, str] = json.loads(host.check_output(f"cat {path}"))
    return kept


def own_token() -> str:
    """A token of a test's own, in the letters of real ones."""
    return "".join("abcdefghijklmnop"[int(digit, 16)] for digit in uuid.uuid4().hex) + "a" * 10


def test_mails_leave_signed_through_the_relay(host: Host, fqdn: str) -> None:
    """The relay wants TLS and the account: what it has came so. The signature is that of the published key."""
    path = relayed(host, send(host, fqdn, envelope=f"retours+guichet-{TOKEN}@{RETURNS}"))
    assert host.check_output(f"cat {path}.sender") == f"retours+guichet-{TOKEN}@{RETURNS}"
    mail = bytes.fromhex(host.check_output(f"python3 -c \"print(open('{path}.eml','rb').read().hex())\""))
    key = public_dkim_key(read_secrets(Stack("role"))["mail_dkim_key_gru"])
    asked: list[bytes] = []

    def published(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return f"v=DKIM1; k=rsa; p={key}".encode()

    assert dkim.verify(mail, dnsfunc=published)
    assert asked == [b"gru._domainkey.role.gru.test."]
    assert not dkim.verify(mail.replace(b"Votre demande", b"Cette demande"), dnsfunc=published)


def test_envelopes_of_other_mails_come_back_here_too(host: Host, fqdn: str) -> None:
    """Alerts and sign-in mails leave under the sender's address: their envelope is of the domain that SPF covers."""
    path = relayed(host, send(host, fqdn))
    assert host.check_output(f"cat {path}.sender") == f"retours@{RETURNS}"
    assert "ne-pas-repondre@role.gru.test" in host.check_output(f"grep '^From:' {path}.eml")


def test_root_is_read_by_the_operators(host: Host) -> None:
    """A failed timer's mail goes to those who look after the platform, not to the residents' mailbox."""
    subject = uuid.uuid4().hex
    text = f"Subject: {subject}\\n\\nun minuteur a échoué\\n"
    host.check_output(f"printf '{text}' | /usr/sbin/sendmail root@$(hostname -f)")
    path = relayed(host, subject)
    assert host.check_output(f"cat {path}.to") == "exploitation@role.gru.test"
    assert host.check_output(f"grep -c '^DKIM-Signature' {path}.eml") == "1"


@pytest.mark.usefixtures("site")
def test_a_refused_mail_is_handed_to_its_site(host: Host, fqdn: str) -> None:
    """The relay refuses the recipient: the notice reaches the site that sent it, which can read it."""
    token = own_token()
    send(host, fqdn, envelope=f"retours+guichet-{token}@{RETURNS}", to="refuse@ailleurs.example")
    kept = handed_over(host, token)
    assert kept["path"] == f"/envois/retours/{token}/"
    assert kept["authorization"] == f"Bearer {read_secrets(Stack('role'))['mail_returns']}"
    assert retours.lire(kept["body"].encode()) == retours.Avis("5.1.1", True)


def test_a_return_waits_for_a_site_that_is_down(host: Host, fqdn: str, request: pytest.FixtureRequest) -> None:
    """Nothing is lost: the queue keeps it, then the site gets it."""
    token = own_token()
    send(host, fqdn, envelope=f"retours+guichet-{token}@{RETURNS}", to="refuse@ailleurs.example")
    wait(lambda: host.run(f"postqueue -j | grep {token} | grep 'does not answer'").rc == 0, "the return waits")
    request.getfixturevalue("site")
    host.check_output("postqueue -f")
    assert handed_over(host, token)["path"].endswith(f"/{token}/")


@pytest.mark.usefixtures("site")
def test_what_concerns_nobody_known_is_kept_for_the_operators(host: Host, fqdn: str) -> None:
    """A site that does not know the message, an alert that came back: both can be read by `gru mail --returns`."""
    before = len(json.loads(host.check_output("gru-mail-puits --returns list --json")))
    send(host, fqdn, envelope=f"retours+guichet-inconnu{TOKEN[7:]}@{RETURNS}", to="refuse@ailleurs.example")
    send(host, fqdn, to="refuse@ailleurs.example")

    def kept() -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(host.check_output("gru-mail-puits --returns list --json"))
        return found if len(found) == before + 2 else []

    one = wait(kept, "both are kept")[0]
    assert "refuse@ailleurs.example" in host.check_output("gru-mail-puits --returns show %s", one["id"])


def test_the_outside_may_bring_notices_and_nothing_else(host: Host, fqdn: str) -> None:
    """From another network: a notice to one of our addresses is taken; a mail, another address, a relay are not."""
    host.check_output("postconf -e smtpd_authorized_xclient_hosts=127.0.0.1 && systemctl reload postfix")
    try:
        ours = f"retours+guichet-{TOKEN}@{RETURNS}"

        def answer(sender: str, recipient: str) -> int:
            run = host.run("python3 -c %s %s %s", FROM_OUTSIDE, sender, recipient)
            return int(run.stdout) if run.rc == 0 else 0

        wait(lambda: answer("", ours) == 250, "the notice is taken")
        assert answer("spam@ailleurs.example", ours) in (550, 554)
        assert answer("", f"root@{fqdn}") in (550, 554)
        assert answer("", f"mairie@{RETURNS}") in (550, 554)
        assert answer("", "zoe@ailleurs.example") in (550, 554)
    finally:
        host.check_output("postconf -X smtpd_authorized_xclient_hosts && systemctl reload postfix")


def test_secrets_are_root_s(host: Host) -> None:
    """The relay's password and the signing key are read by nobody else."""
    assert host.file("/etc/postfix/gru-relay").mode == 0o600
    key = host.file("/etc/dkimkeys/gru.private")
    assert (key.user, key.mode) == ("opendkim", 0o600)
    assert host.file("/etc/gru/mail-return.json").mode == 0o640
