"""The town's own certificate: what browsers would refuse is said before anything is touched, with what to do."""

from __future__ import annotations

import datetime
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from infra.certificate_checks import certificate_doubts, certificate_problems
from infra.certificate_files import covers
from infra.given_secrets import give_secret, wanted_secrets
from infra.inventory import write_inventory
from infra.model import load_site
from infra.model.certificate import DNS_SECRET
from infra.preflight import CHECKS, DOUBTS, SECRET_CHECKS, found_by, refuse_what_cannot_work
from infra.secret_store import ensure_secrets
from infra.site_plan import make_plan
from infra.state import OperatorError, Stack
from tests.certificates.made import Authority, Signed, private_pem
from tests.infra.site_file import LOCAL

NOW = datetime.datetime.now(datetime.UTC)
BLOCK = "certificate: {kind: files, certificate: site.pem, key: site.key, ca_file: racine.pem}\n"
OURS = (certificate_problems, wanted_secrets)
"""The checks tried here, less those of the rest of the folder."""


class Town:
    """A site's folder, an authority with an intermediate, and what the platform would say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack = Stack("ville")
        self.root = Authority("Racine d'essai")
        self.middle = Authority("Intermédiaire d'essai", self.root)
        self.write("site.yaml", LOCAL.read_text(encoding="utf-8") + BLOCK)
        self.write("racine.pem", self.root.certificate)
        self.names = load_site(self.stack.site_file).served_names()

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)

    def has(self, signed: Signed) -> None:
        self.write("site.pem", signed.chain)
        self.write("site.key", signed.key)

    def refusal(self) -> str:
        try:
            refuse_what_cannot_work(self.stack, load_site(self.stack.site_file), OURS)
        except OperatorError as error:
            return str(error)
        return ""

    def warned(self) -> list[str]:
        return found_by([certificate_doubts], self.stack, load_site(self.stack.site_file))


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("GRU_SITES_DIRECTORY", str(tmp_path / "stacks"))
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.delenv("GRU_PASSPHRASE_FILE", raising=False)
    (tmp_path / "stacks" / "ville").mkdir(parents=True)
    return Town(tmp_path / "stacks" / "ville")


def test_these_checks_are_those_of_up_and_preview() -> None:
    assert set(OURS) <= {*CHECKS, *SECRET_CHECKS}
    assert certificate_doubts in DOUBTS


def test_a_right_certificate_passes_without_a_word(town: Town) -> None:
    town.has(town.middle.sign(town.names))
    assert town.refusal() == ""
    assert town.warned() == []


def test_a_star_covers_every_public_name_of_the_domain(town: Town) -> None:
    town.has(town.middle.sign(["*.gru.test"]))
    assert town.refusal() == ""


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("*.gru.test", "portail.gru.test", True),
        ("*.gru.test", "gru.test", False),
        ("*.gru.test", "a.b.gru.test", False),
        ("PORTAIL.gru.test", "portail.gru.test", True),
        ("*.test", "portail.gru.test", False),
    ],
)
def test_a_star_stands_for_one_label(pattern: str, name: str, *, covered: bool) -> None:
    assert covers(pattern, name) is covered


def reversed_chain(town: Town) -> Signed:
    signed = town.middle.sign(town.names)
    return Signed(town.middle.certificate + signed.chain.replace(town.middle.certificate, ""), signed.key)


def without_middle(town: Town) -> Signed:
    signed = town.middle.sign(town.names)
    return Signed(signed.chain.replace(town.middle.certificate, ""), signed.key)


def of_another_middle(town: Town) -> Signed:
    signed = without_middle(town)
    return Signed(signed.chain + Authority("Autre", town.root).certificate, signed.key)


def with_another_key(town: Town) -> Signed:
    return Signed(town.middle.sign(town.names).chain, town.middle.sign(town.names).key)


def with_key(key: Any) -> Callable[[Town], Signed]:
    return lambda town: town.middle.sign(town.names, key=key)


def itself(town: Town) -> Signed:
    alone = Authority("Moi-même")
    return Signed(alone.sign(town.names).chain + alone.certificate, alone.sign(town.names).key)


def spoilt(town: Town) -> Signed:
    signed = town.middle.sign(town.names)
    lines = signed.chain.splitlines()
    return Signed("\n".join([lines[0], lines[1][::-1], *lines[2:]]), signed.key)


def exchanged(town: Town) -> Signed:
    signed = town.middle.sign(town.names)
    return Signed(signed.key, signed.chain)


def locked(town: Town) -> Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    return Signed(town.middle.sign(town.names, key=key).chain, private_pem(key, b"secret"))


WRONG: dict[str, tuple[Callable[[Town], Signed], str]] = {
    "a name missing": (lambda t: t.middle.sign(t.names[1:]), "ne porte pas agents.gru.test"),
    "expired": (lambda t: t.middle.sign(t.names, begins=NOW - datetime.timedelta(days=100)), "a expiré le"),
    "too early": (lambda t: t.middle.sign(t.names, begins=NOW + datetime.timedelta(days=2)), "ne vaut qu'à partir du"),
    "reversed": (reversed_chain, "doit être le premier du fichier"),
    "no intermediate": (without_middle, "il manque le certificat intermédiaire « Intermédiaire d'essai »"),
    "another intermediate": (of_another_middle, "n'est pas signé par « Autre », qui le suit"),
    "another key": (with_another_key, "n'est pas la clé de"),
    "an unknown root": (lambda t: Authority("Ailleurs").sign(t.names), "intermédiaire « Ailleurs »"),
    "signed by itself": (itself, "ne se fie pas à l'autorité"),
    "a client's": (lambda t: t.middle.sign(t.names, client=True), "n'est pas un certificat de serveur web"),
    "a short key": (with_key(rsa.generate_private_key(65537, 1024)), "a une clé RSA de 1024 bits"),  # noqa: S505
    "a curve apart": (with_key(ec.generate_private_key(ec.SECP256K1())), "sur la courbe secp256k1"),
    "an Edwards key": (with_key(ed25519.Ed25519PrivateKey.generate()), "a une clé Edwards"),
    "no certificate": (lambda t: Signed("bonjour", t.middle.sign(t.names).key), "aucun certificat PEM"),
    "spoilt": (spoilt, "un certificat y est abîmé"),
    "files exchanged": (exchanged, "c'est une clé privée, pas un certificat"),
    "a key that is none": (lambda t: Signed(t.middle.sign(t.names).chain, "bonjour"), "aucune clé privée PEM lisible"),
    "a key with a passphrase": (locked, "protégée par une phrase secrète"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_browsers_would_refuse_is_said(town: Town, case: str) -> None:
    """The file is named, and what to do about it."""
    make, words = WRONG[case]
    town.has(make(town))
    told = [line for line in town.refusal().splitlines() if words in line]
    assert told, town.refusal()
    assert str(town.folder) in told[0]
    assert told[0].startswith("  - certificate")


def test_another_format_is_said(town: Town) -> None:
    signed = town.middle.sign(town.names)
    town.has(signed)
    der = x509.load_pem_x509_certificate(signed.chain.encode()).public_bytes(serialization.Encoding.DER)
    (town.folder / "site.pem").write_bytes(der)
    assert "openssl x509 -inform DER" in town.refusal()


def test_a_missing_file_is_said(town: Town) -> None:
    assert "site.pem n'existe pas" in town.refusal()


def test_the_end_in_sight_is_a_warning(town: Town) -> None:
    town.has(town.middle.sign(town.names, days=12))
    assert town.refusal() == ""
    (warning,) = town.warned()
    assert "dans 11 j. Demandez le suivant" in warning


def test_a_key_that_others_read_is_a_warning(town: Town) -> None:
    town.has(town.middle.sign(town.names))
    (town.folder / "site.key").chmod(0o644)
    (warning,) = town.warned()
    assert "chmod 600 site.key" in warning


def test_a_key_in_git_is_refused(town: Town) -> None:
    town.has(town.middle.sign(town.names))
    for words in (["init", "-q"], ["add", "site.pem"], ["add", "site.key"]):
        assert "dans Git" not in town.refusal()
        subprocess.run(["git", *words], cwd=town.folder, check=True)
    assert "site.key est dans Git" in town.refusal()


def test_visitors_trust_what_the_site_says(town: Town) -> None:
    """The town's root and the site's own; the private key is in no file of the state."""
    signed = town.middle.sign(town.names)
    town.has(signed)
    site = load_site(town.stack.site_file)
    town.stack.prepare()
    ensure_secrets(town.stack, site)
    write_inventory(town.stack, site, make_plan("ville", site, image="x", ssh_public_key="k").inventory())
    trusted = town.stack.visitor_trust_file.read_text(encoding="utf-8")
    assert town.root.certificate in trusted
    assert town.stack.authority_file.read_text(encoding="utf-8") in trusted
    assert str(town.folder / "racine.pem") in town.stack.inventory_file.read_text(encoding="utf-8")
    for path in town.stack.directory.rglob("*"):
        assert not path.is_file() or signed.key not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("{kind: acme, email: dsi@gru.test}", "aucune autorité publique ne certifie agents.gru.test"),
        ("{kind: acme, email: dsi@gru.test, directory: 'https://ca.gru.test/dir', ca_file: ca.pem}", "ca.pem n'existe"),
        (
            "{kind: acme, email: dsi@gru.test, directory: 'https://ca.gru.test/dir', challenge: dns-01,"
            " dns: {server: 192.0.2.53, key_name: frontal}}",
            "le secret de la clé TSIG « frontal » manque",
        ),
    ],
)
def test_what_no_authority_would_give_is_refused(town: Town, block: str, words: str) -> None:
    town.write("site.yaml", LOCAL.read_text(encoding="utf-8") + f"certificate: {block}\n")
    assert words in town.refusal()


def test_the_dns_key_is_given_once(town: Town) -> None:
    """By a command, to the site's vault."""
    block = "{kind: acme, email: a@b.fr, directory: 'https://ca.gru.test/dir', challenge: dns-01, dns: {server: '::1', "
    town.write("site.yaml", LOCAL.read_text(encoding="utf-8") + f"certificate: {block}key_name: frontal}}}}\n")
    assert "gru secret set acme_dns_key" in town.refusal()
    town.stack.prepare()
    give_secret(town.stack, DNS_SECRET, "c2VjcmV0")
    assert town.refusal() == ""
