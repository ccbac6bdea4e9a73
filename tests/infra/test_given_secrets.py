"""Secrets that an operator gives: never seen, kept encrypted, asked for before anything is touched."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from infra.cli.secret import secret
from infra.given_secrets import wanted_secrets
from infra.model import load_site
from infra.model.franceconnect import CLIENT_ID, CLIENT_SECRET, FranceConnect
from infra.model.mail import RELAY_PASSWORD, Relay
from infra.secret_store import ensure_secrets, read_secrets
from infra.state import OperatorError, Stack

PASSWORD = "un mot de passe, à moi"


@pytest.fixture
def stack(tmp_path, monkeypatch) -> Stack:
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("GRU_PASSPHRASE_FILE", raising=False)
    return Stack("local")


def give(value: str, name: str = RELAY_PASSWORD) -> None:
    """As a pipe would."""
    CliRunner().invoke(secret, ["set", name], input=value, catch_exceptions=False)


def test_a_secret_is_given_before_the_first_installation_and_kept(stack: Stack) -> None:
    """Given on an empty state, it is there with those that are drawn afterwards; nothing shows it."""
    site = load_site(stack.site_file)
    give(PASSWORD + "\n")
    ensure_secrets(stack, site)
    assert read_secrets(stack)[RELAY_PASSWORD] == PASSWORD
    assert PASSWORD not in stack.secrets_file.read_text(encoding="utf-8")
    listed = CliRunner().invoke(secret, ["list"])
    assert "✓ donné" in listed.output
    assert PASSWORD not in listed.output
    CliRunner().invoke(secret, ["remove", RELAY_PASSWORD], catch_exceptions=False)
    assert RELAY_PASSWORD not in read_secrets(stack)


@pytest.mark.parametrize("value", ["", "\n", "   ", "deux\nlignes", "un\x00nul", "x" * 5000])
def test_what_cannot_be_a_password_is_refused(stack: Stack, value: str) -> None:
    stack.prepare()
    with pytest.raises(OperatorError, match="sur une ligne"):
        give(value)


def test_a_secret_that_nobody_asks_for_is_refused(stack: Stack) -> None:
    stack.prepare()
    with pytest.raises(OperatorError, match="Possibles : mail_relay_password"):
        give("x", "ca_key")


def test_a_missing_password_is_asked_for_before_anything_is_touched(stack: Stack) -> None:
    site = load_site(stack.site_file)
    mail = site.mail.model_copy(update={"sink": False, "relay": Relay(host="relais.exemple.fr", user="ville")})
    site = site.model_copy(update={"mail": mail})
    (said,) = wanted_secrets(stack, site)
    assert "gru secret set mail_relay_password --stack local" in said
    give(PASSWORD)
    assert list(wanted_secrets(stack, site)) == []


@pytest.mark.parametrize("environment", [FranceConnect.INTEGRATION, FranceConnect.PRODUCTION])
def test_what_franceconnect_gave_is_asked_for(stack: Stack, environment: FranceConnect) -> None:
    """Both secrets, with what to declare to get them; the simulator and nothing at all ask for none."""
    site = load_site(stack.site_file)
    assert list(wanted_secrets(stack, site)) == []
    features = site.features.model_copy(update={"franceconnect": environment})
    site = site.model_copy(update={"features": features})
    said = list(wanted_secrets(stack, site))
    assert [name in one for one, name in zip(said, (CLIENT_ID, CLIENT_SECRET), strict=True)] == [True, True]
    assert all("« gru franceconnect --stack local »" in one for one in said)
    give("un-identifiant", CLIENT_ID)
    give("un-secret", CLIENT_SECRET)
    assert list(wanted_secrets(stack, site)) == []
