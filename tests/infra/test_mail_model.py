"""How mails leave and who hosts, as site.yaml says it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from infra.model import Site, SiteError, load_site

SERVERS = Path(__file__).parent / "sites" / "serveurs" / "site.yaml"


def hosted(tmp_path: Path, **blocks: dict[str, object] | None) -> Site:
    """The site of servers, some keys of its blocks changed; a block that is None is taken out."""
    content = yaml.safe_load(SERVERS.read_text(encoding="utf-8"))
    for name, keys in blocks.items():
        if keys is None:
            del content[name]
        else:
            content[name] = {
                key: value for key, value in {**content.get(name, {}), **keys}.items() if value is not None
            }
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_site(path)


@pytest.mark.parametrize(
    ("written", "host", "port", "tls"),
    [
        ("relais.exemple.fr:587", "relais.exemple.fr", 587, "starttls"),
        ("relais.exemple.fr", "relais.exemple.fr", 25, "starttls"),
        ({"host": "relais.exemple.fr"}, "relais.exemple.fr", 587, "starttls"),
        ({"host": "relais.exemple.fr", "port": 465, "user": "ville"}, "relais.exemple.fr", 465, "implicit"),
    ],
)
def test_a_relay_is_written_short_or_whole(tmp_path: Path, written: object, host: str, port: int, tls: str) -> None:
    relay = hosted(tmp_path, mail={"relay": written}).mail.relay
    assert relay is not None
    assert (relay.host, relay.port, relay.tls) == (host, port, tls)


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ({"mail": {"relay": "relais.exemple.fr:smtp"}}, "nom:port"),
        ({"mail": {"relay": "https://relais"}}, "nom:port"),
        ({"mail": {"relay": {"host": "relais exemple"}}}, "n'est pas un nom de serveur"),
        ({"mail": {"relay": {"host": "relais.fr", "user": "ville:secret"}}}, "son mot de passe ne s'écrit pas ici"),
        ({"mail": {"relay": {"host": "relais.fr", "password": "secret"}}}, "clé inconnue"),
        ({"mail": {"operators": None}}, "qui reçoit les alertes"),
        ({"mail": {"receive_returns": True}}, "donnez aussi « public_address »"),
        ({"mail": {"dkim_selector": "gru.2026"}}, "le sélecteur est fait de"),
        ({"hosting": None}, "les mentions légales doivent dire qui héberge"),
        ({"hosting": {"phone": None}}, "hosting.phone : cette clé manque"),
        ({"hosting": {"qualification": "SecNumCloud"}}, "se date"),
        ({"hosting": {"qualification": "excellent"}}, "n'est pas permis"),
        ({"hosting": {"qualification_date": "2026-03-12"}}, "ne va qu'avec une qualification"),
        ({"network": {"public_ipv6": "192.0.2.1"}}, "il faut une adresse comme 2001:db8::12"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, blocks: dict[str, dict[str, object] | None], said: str
) -> None:
    with pytest.raises(SiteError) as refusal:
        hosted(tmp_path, **blocks)
    assert said in str(refusal.value)
    assert "ligne " in str(refusal.value)


def test_a_qualified_offer_is_dated(tmp_path: Path) -> None:
    site = hosted(tmp_path, hosting={"qualification": "SecNumCloud", "qualification_date": "2026-03-12"})
    assert site.hosting is not None
    assert site.hosting.model_dump(mode="json")["qualification_date"] == "2026-03-12"


def test_on_one_s_own_machine_nobody_need_be_named() -> None:
    local = load_site(Path("stacks/local/site.yaml"))
    assert local.hosting is None
    assert local.operators() == ["exploitation@gru.test"]
