"""What the DNS must say is printed, and compared with what a real server answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.cli.records import records
from infra.dns_check import cannot_be_public
from infra.dns_records import Zone, public_dkim_key, zone
from infra.model import load_site
from infra.state import OperatorError
from tests.dns_server import NameServer, name_server
from tests.infra.test_mail_model import SERVERS, hosted


@pytest.fixture(scope="module")
def key() -> str:
    """A signing key."""
    form = serialization.PrivateFormat.PKCS8
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture
def server() -> Iterator[NameServer]:
    """A name server."""
    with name_server() as made:
        yield made


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A hosted site that sends directly and receives returns, in IPv4 and IPv6."""
    sites = tmp_path / "sites"
    shutil.copytree(SERVERS.parent, sites / "ville")
    content = yaml.safe_load(SERVERS.read_text(encoding="utf-8"))
    content["mail"] |= {"public_address": "198.51.100.25", "receive_returns": True}
    content["target"]["front_address"] = "198.51.100.7"
    content["certificate"] = {"kind": "acme", "email": "exploitation@admiville.example"}
    content["network"] = {"public_ipv6": "2001:db8::7"}
    (sites / "ville" / "site.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    monkeypatch.setenv("GRU_SITES_DIRECTORY", str(sites))
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.delenv("GRU_PASSPHRASE_FILE", raising=False)
    return "ville"


def gru_records(*words: str) -> Result:
    """`gru records`, whose refusals are raised."""
    return CliRunner().invoke(records, [*words, "--stack", "ville"], catch_exceptions=False)


def values(made: Zone, kind: str) -> dict[str, str]:
    """Records of a type, by name."""
    return {record.name: record.value for record in made.records if record.kind == kind}


# ---- What is told


def test_names_and_mails_of_a_site_that_sends_directly(tmp_path: Path, key: str) -> None:
    site = hosted(tmp_path, mail={"public_address": "198.51.100.25", "receive_returns": True})
    made = zone(site, front="198.51.100.7", dkim_key=key)
    addresses = values(made, "A")
    assert addresses.pop("donnees.admiville.example") == "198.51.100.25"
    assert set(addresses.values()) == {"198.51.100.7"}
    assert "portail.admiville.example" in addresses
    assert "ecoute.admiville.example" not in addresses, "no host carries it"
    texts = values(made, "TXT")
    assert texts["retours.admiville.example"] == "v=spf1 ip4:198.51.100.25 -all"
    assert texts["gru._domainkey.admiville.example"] == f"v=DKIM1; k=rsa; p={public_dkim_key(key)}"
    assert texts["_dmarc.admiville.example"].startswith("v=DMARC1; p=")
    assert values(made, "MX") == {"retours.admiville.example": "10 donnees.admiville.example."}
    assert values(made, "PTR") == {"25.100.51.198.in-addr.arpa": "donnees.admiville.example."}
    assert not made.notes


def test_a_relay_is_what_spf_names(tmp_path: Path, key: str) -> None:
    relay = {"host": "relais.exemple.fr", "spf": "_spf.exemple.fr"}
    made = zone(hosted(tmp_path, mail={"relay": relay}), front="198.51.100.7", dkim_key=key)
    assert values(made, "TXT")["retours.admiville.example"] == "v=spf1 include:_spf.exemple.fr -all"
    assert not values(made, "MX")
    assert not values(made, "PTR")


def test_what_cannot_be_known_is_said(tmp_path: Path, key: str) -> None:
    """No address of the front, none of the mail server: no record is made up."""
    made = zone(hosted(tmp_path), front="", dkim_key=key)
    assert not values(made, "A")
    assert [note for note in made.notes if "L'adresse publique du frontal n'est pas connue" in note]
    assert [note for note in made.notes if "donnez mail.public_address" in note]


def test_another_authority_is_asked_for_its_name(tmp_path: Path, key: str) -> None:
    """Only Let's Encrypt's name is known from here."""
    acme = {"kind": "acme", "email": "a@ville.example"}
    ours = zone(hosted(tmp_path, certificate=acme), front="", dkim_key=key)
    assert values(ours, "CAA")["portail.admiville.example"] == '0 issue "letsencrypt.org"'
    other = zone(hosted(tmp_path, certificate=acme | {"directory": "https://ca.example/dir"}), front="", dkim_key=key)
    assert not values(other, "CAA")
    assert [note for note in other.notes if note.startswith("CAA : demandez")]


def test_a_signing_domain_is_the_sender_s(tmp_path: Path, key: str) -> None:
    site = hosted(tmp_path, mail={"sender": "demarches@ville.example", "dkim_selector": "gru2"})
    assert "gru2._domainkey.ville.example" in values(zone(site, front="", dkim_key=key), "TXT")


# ---- Against a name server


def test_what_is_printed_is_what_a_name_server_takes_and_is_found_right(stack: str, server: NameServer) -> None:
    """The printed lines, fed to a server as they are, leave nothing to mend; before, everything was missing."""
    printed = gru_records()
    assert "2001:db8::7" in printed.stdout
    server.zone = "nobody. 60 IN A 192.0.2.1\n"
    missing = gru_records("--check", "--resolver", server.place)
    assert missing.exit_code == 1
    assert "portail.admiville.example n'a pas d'enregistrement A : publiez 198.51.100.7" in missing.output
    server.zone = printed.stdout.replace(" IN ", " 60 IN ")
    right = gru_records("--check", "--resolver", server.place)
    assert right.exit_code == 0, right.output
    assert "Tout est publié." in right.output
    found = json.loads(gru_records("--check", "--json", "--resolver", server.place).stdout)
    assert len(found) == len([line for line in printed.stdout.splitlines() if not line.startswith(";")])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "portail.admiville.example. IN A 198.51.100.7",
            "portail.admiville.example. IN A 203.0.113.9",
            "répond 203.0.113.9",
        ),
        (
            'portail.admiville.example. IN CAA 0 issue "lets',
            'portail.admiville.example. IN CAA 0 issue "autre',
            "il faut 0 issue",
        ),
        ("IN AAAA 2001:db8::7", "IN AAAA 2001:db8::8", "répond 2001:db8::8"),
        ("ip4:198.51.100.25 -all", "ip4:203.0.113.9 -all", "v=spf1 ip4:203.0.113.9"),
        ("v=DKIM1; k=rsa; p=MII", "v=DKIM1; k=rsa; p=AAA", "gru._domainkey.admiville.example (TXT) répond v=DKIM1"),
        ("IN MX 10 donnees", "IN MX 10 autre", "répond autre.admiville.example."),
        ("v=DMARC1; p=none", "v=DMARC1; p=parfois", "_dmarc.admiville.example (TXT) répond"),
        ("IN PTR donnees", "IN PTR autre", "répond autre.admiville.example."),
    ],
)
def test_a_wrong_record_is_told_with_the_right_one(
    stack: str, server: NameServer, old: str, new: str, said: str
) -> None:
    printed = gru_records().stdout
    assert old in printed
    server.zone = printed.replace(old, new).replace(" IN ", " 60 IN ")
    told = gru_records("--check", "--resolver", server.place)
    assert told.exit_code == 1
    assert said in told.output


def test_what_the_town_has_already_is_respected(stack: str, server: NameServer) -> None:
    """A stricter DMARC, other mechanisms in SPF: fine. Two SPF records: nobody would read either."""
    printed = gru_records().stdout.replace(" IN ", " 60 IN ")
    server.zone = printed.replace("p=none", "p=reject; rua=mailto:dmarc@ville.example").replace(
        "v=spf1 ip4:198.51.100.25 -all", "v=spf1 mx ip4:198.51.100.25 ~all"
    )
    assert gru_records("--check", "--resolver", server.place).exit_code == 0
    server.zone = printed + 'retours.admiville.example. 60 IN TXT "v=spf1 -all"\n'
    assert "il en faut un seul" in gru_records("--check", "--resolver", server.place).output


def test_an_ipv6_address_that_nobody_serves_is_told(stack: str, server: NameServer, tmp_path: Path) -> None:
    printed = gru_records().stdout
    path = tmp_path / "sites" / "ville" / "site.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    del content["network"]
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    server.zone = printed.replace(" IN ", " 60 IN ")
    told = gru_records("--check", "--resolver", server.place)
    assert told.exit_code == 1
    assert "a une adresse IPv6 (2001:db8::7) que la plateforme ne sert pas" in told.output


def test_a_silent_server_is_not_taken_for_an_empty_one(
    stack: str, server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.dns_check._SECONDS", 0.3)
    server.silent = True
    with pytest.raises(OperatorError, match="Aucun serveur DNS ne répond"):
        gru_records("--check", "--resolver", server.place)


def test_a_platform_of_one_s_own_publishes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    with pytest.raises(OperatorError, match="aucun enregistrement n'est à publier"):
        CliRunner().invoke(records, ["--stack", "local"], catch_exceptions=False)


def test_domains_that_nobody_can_publish_are_known(tmp_path: Path) -> None:
    assert cannot_be_public(load_site(SERVERS))
