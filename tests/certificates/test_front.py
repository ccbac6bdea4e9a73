"""One story: a front gets the certificate that browsers trust, keeps it for years, and says what goes wrong.

Each test begins where the one before ended.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from infra import secret_store
from infra.given_secrets import give_secret
from infra.model.certificate import DNS_SECRET
from infra.secret_store import FORMER_AUTHORITY, keep_secret, read_secrets
from infra.state import OperatorError
from tests.certificates.authority import DAYS, DNS_PORT, KEY_NAME, AcmeAuthority
from tests.certificates.front import Front, front_and_authority, verified
from tests.certificates.made import Authority

DAY = datetime.timedelta(days=1)
ADDRESS = "exploitation@certificats.test"


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Front, AcmeAuthority]]:
    """The front and the authority, made once."""
    with front_and_authority() as made:
        yield made


@pytest.fixture
def front(world: tuple[Front, AcmeAuthority]) -> Front:
    """The front, as the test before left it."""
    return world[0]


@pytest.fixture
def authority(world: tuple[Front, AcmeAuthority]) -> AcmeAuthority:
    """The ACME authority and the town's name server."""
    return world[1]


def acme(authority: AcmeAuthority, **more: Any) -> dict[str, Any]:
    """The block of site.yaml."""
    return {
        "kind": "acme",
        "email": ADDRESS,
        "directory": authority.directory,
        "ca_file": "racines.pem",
        **more,
    }


def issuer(certificate: x509.Certificate) -> str:
    """Who signed a certificate."""
    return str(certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def names(certificate: x509.Certificate) -> set[str]:
    """For which names it holds."""
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(found.get_values_for_type(x509.DNSName))


def test_the_front_obtains_its_first_certificate(front: Front, authority: AcmeAuthority) -> None:
    """It is up with its own certificate first, then shows the one that the authority gave, on every name."""
    front.says(acme(authority))
    front.configure()
    assert front.settle(), front.run("journalctl -u gru-public-certificate.service --no-pager") + authority.log()
    shown = front.shown()
    assert issuer(shown).startswith("Pebble")
    assert names(shown) == set(front.site.served_names())
    assert verified(front).returncode == 0, verified(front).stdout
    assert 'gru_certificate_expires_timestamp_seconds{certificate="public"}' in front.run(
        "cat /var/lib/prometheus/node-exporter/gru-certificates.prom"
    )
    assert front.run("openssl verify -CApath /etc/ssl/certs -untrusted /etc/ssl/gru/public.pem /etc/ssl/gru/public.pem")


def test_nothing_changes_the_second_time(front: Front) -> None:
    """A certificate that is there is not asked for again."""
    shown = front.shown()
    assert front.configure() == []
    assert front.shown() == shown


def test_its_own_timer_renews_it_and_no_visitor_notices(front: Front) -> None:
    """Sixty-one days later, thirty before the end, the timer alone brings the next one."""
    before = front.shown()
    front.travel(DAYS - 31)
    front.elapse()
    assert front.settle()
    assert front.shown() == before, "renewed before it was time"
    front.travel(DAYS - 29)
    with front.visited() as met:
        front.elapse()
        assert front.settle()
    after = front.shown()
    assert after.serial_number != before.serial_number
    assert issuer(after).startswith("Pebble")
    assert set(met) == {"200"}
    assert len(met) > 10


def test_a_failure_is_said_in_words_and_what_is_served_stays(front: Front, authority: AcmeAuthority) -> None:
    """A name that leads nowhere any more: the operator reads which, visitors notice nothing."""
    name = front.site.public_names()["portal"]
    before = front.shown()
    authority.lead(name, None)
    front.elapse()
    assert not front.settle()
    assert name in front.answer()["reason"]
    assert "DNS" in front.answer()["reason"], front.answer()
    authority.lead(name, authority.address)
    front.run("systemctl start gru-public-certificate.service || true")
    assert f"l'autorité n'atteint pas {name} sur le port 80" in front.answer()["reason"]
    assert front.shown() == before
    figure = front.run("cat /var/lib/prometheus/node-exporter/gru-public-certificate.prom")
    assert figure.rstrip().endswith(" 1")
    told = verified(front)
    assert told.returncode == 1
    assert f"l'autorité n'atteint pas {name}" in told.stdout


def test_names_are_proved_in_the_dns_where_port_80_is_closed(front: Front, authority: AcmeAuthority) -> None:
    """The name still leads elsewhere: only the town's name server vouches for it."""
    dns = {"server": authority.address, "port": DNS_PORT, "key_name": KEY_NAME, "wait_seconds": 0}
    before = front.shown()
    with pytest.raises(OperatorError, match="gru secret set acme_dns_key"):
        front.says(acme(authority, challenge="dns-01", dns=dns))
    give_secret(front.stack, DNS_SECRET, authority.tsig)
    # Today again, for the signature of an update holds for five minutes; and as on a host made again.
    front.come_back()
    front.run("rm -r /var/lib/gru-acme")
    front.says(acme(authority, challenge="dns-01", dns=dns))
    front.configure()
    assert front.settle(), front.run("journalctl -n 60 -u gru-public-certificate.service --no-pager")
    assert front.shown().serial_number != before.serial_number
    assert front.answer()["reason"] == ""
    assert authority.tsig not in front.run("journalctl --no-pager", "cat /etc/gru/certbot.ini")


def test_the_town_s_own_files_replace_it(front: Front) -> None:
    """With an intermediate; what obtained the former certificate is at rest."""
    root = Authority("Racine de la commune")
    signed = Authority("Intermédiaire de la commune", root).sign(front.site.served_names())
    for name, text in (("racine.pem", root.certificate), ("site.pem", signed.chain), ("site.key", signed.key)):
        (front.stack.site_directory / name).write_text(text, encoding="utf-8")
    front.says({"kind": "files", "certificate": "site.pem", "key": "site.key", "ca_file": "racine.pem"})
    with front.visited() as met:
        front.configure()
    assert issuer(front.shown("idp")) == "Intermédiaire de la commune"
    assert "Strict-Transport-Security" in front.ask()[1]
    assert front.run("systemctl is-enabled gru-public-certificate.timer || true").strip() in ("", "not-found")
    assert met


def test_the_site_s_authority_is_made_again_without_a_breach(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """Back to the site's own authority, a new one: hosts trust both while it changes, then the new one alone."""
    former = front.stack.authority_file.read_text(encoding="utf-8")
    front.says({"kind": "local"})
    monkeypatch.setattr(secret_store, "why_not", lambda *_: "l'essai le demande")
    front.configure(renew_authority=True)
    monkeypatch.undo()
    assert front.stack.authority_file.read_text(encoding="utf-8") != former
    assert issuer(front.shown()).startswith("Autorité locale de ")
    assert "Strict-Transport-Security" not in front.ask()[1]
    bundle = front.run("cat /etc/ssl/certs/ca-certificates.crt")
    assert front.stack.authority_file.read_text(encoding="utf-8").strip() in bundle
    assert former.strip() not in bundle
    assert FORMER_AUTHORITY not in read_secrets(front.stack)
    assert front.run("ls /etc/ssl/gru").split() == ["authority.crt", "host.crt", "host.key"]
    trusted = front.run("cat /etc/ssl/gru/authority.crt").strip()
    assert trusted == front.stack.authority_file.read_text(encoding="utf-8").strip()
    # A change that was cut short: the vault still holds the former authority.
    keep_secret(front.stack, FORMER_AUTHORITY, former)
    front.run("rm /etc/ssl/gru/host.crt")
    front.configure()
    assert FORMER_AUTHORITY not in read_secrets(front.stack)
    assert front.configure() == []
