"""The stand-in for FranceConnect asks what the real one asks: its own program, over HTTPS, without a platform."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.certificates.made import Authority

PROGRAM = Path(__file__).resolve().parents[2] / "roles/franceconnect_simulator/files/simulator"
CALLBACK = "https://connexion.exemple.test/?openidconnectcallback=1"
LEFT = "https://connexion.exemple.test/?logout=1"
ASKED = {
    "client_id": "connexion",
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "state": "s" * 64,
    "nonce": "n" * 64,
    "acr_values": "eidas1",
    "scope": "openid given_name family_name birthdate birthplace birthcountry email",
}
JEANNE = {
    "given_name": "Jeanne Marie",
    "family_name": "EXEMPLE",
    "preferred_username": "",
    "gender": "female",
    "birthdate": "1985-04-17",
    "birthplace": "69123",
    "birthcountry": "99100",
    "email": "jeanne@exemple.test",
    "sub": "6925fb8143c7v1",
}


class Stand:
    """The program that runs, as a service speaks to it."""

    def __init__(self, base: str, authority: str) -> None:
        self.base, self.http = base, requests.Session()
        self.http.trust_env, self.http.verify = False, authority
        # It may not listen yet: refused connections are tried again.
        self.http.mount("https://", HTTPAdapter(max_retries=Retry(connect=8, backoff_factor=0.1)))

    def ask(self, **changed: str | None) -> requests.Response:
        """The page of identities, or a refusal."""
        asked = {name: value for name, value in (ASKED | changed).items() if value is not None}
        return self.http.get(f"{self.base}/authorize", params=asked, allow_redirects=False, timeout=10)

    def claim(self, **changed: str) -> requests.Response:
        """What the browser is told once an identity is chosen."""
        return self.http.post(
            f"{self.base}/authorize", data=ASKED | JEANNE | changed, allow_redirects=False, timeout=10
        )

    def code(self, **changed: str) -> str:
        """The code that comes back."""
        return told(self.claim(**changed))["code"]

    def token(self, code: str, **changed: str) -> requests.Response:
        """What is given for a code."""
        form = {
            "grant_type": "authorization_code",
            "client_id": "connexion",
            "client_secret": "un-secret",
            "redirect_uri": CALLBACK,
            "code": code,
        }
        return self.http.post(f"{self.base}/token", data=form | changed, timeout=10)

    def keys(self) -> KeySet:
        """The keys that it publishes."""
        return KeySet.import_key_set(self.http.get(f"{self.base}/jwks", timeout=10).json())


def told(answer: requests.Response) -> dict[str, str]:
    """What an answer sends back to the service."""
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith(CALLBACK)
    return {name: value for name, (value,) in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The program, on a port of its own."""
    folder = tmp_path_factory.mktemp("simulateur")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"https://127.0.0.1:{port}/api/v2"
    settings: dict[str, Any] = {
        "issuer": base,
        "client_id": "connexion",
        "client_secret": "un-secret",
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": [LEFT],
        "town": "Exemple",
        "key_file": str(folder / "key.pem"),
        "address": "127.0.0.1",
        "port": port,
    }
    authority = Authority("Autorité du site")
    signed = authority.sign([], addresses=["127.0.0.1"])
    for name, text in (("host.crt", signed.chain), ("host.key", signed.key), ("ca.crt", authority.certificate)):
        (folder / name).write_text(text)
    settings |= {"certificate": str(folder / "host.crt"), "certificate_key": str(folder / "host.key")}
    (folder / "settings.json").write_text(json.dumps(settings))
    process = subprocess.Popen(
        [sys.executable, "-I", str(PROGRAM), str(folder / "settings.json")], stderr=subprocess.PIPE
    )
    try:
        yield Stand(base, str(folder / "ca.crt"))
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"client_id": "inconnu"}, "Y04EA6EF"),
        ({"client_id": None}, "Y04EA6EF"),
        ({"redirect_uri": "https://ailleurs.exemple.test/"}, "Y04C013C"),
        ({"redirect_uri": CALLBACK + "&x=1"}, "Y04C013C"),
        ({"response_type": "token"}, "Y030007"),
        ({"state": None}, "Y030007"),
        ({"state": "court"}, "Y030007"),
        ({"nonce": None}, "Y030007"),
        ({"nonce": "n" * 22}, "Y030007"),
        ({"nonce": "-" * 64}, "Y030007"),
        ({"acr_values": None}, "Y030007"),
        ({"scope": None}, "Y030007"),
    ],
)
def test_a_wrong_request_is_told_on_its_own_page(stand: Stand, changed: dict[str, str | None], code: str) -> None:
    """And never at an address that nobody declared."""
    answer = stand.ask(**changed)
    assert answer.status_code == 400
    assert code in answer.text
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"acr_values": "eidas3"}, "invalid_request"),
        ({"scope": "openid phone"}, "invalid_scope"),
        ({"scope": "given_name"}, "invalid_scope"),
    ],
)
def test_what_it_does_not_offer_is_told_to_the_service(
    stand: Stand, changed: dict[str, str | None], error: str
) -> None:
    back = told(stand.ask(**changed))
    assert (back["error"], back["state"]) == (error, ASKED["state"])


@pytest.mark.parametrize(
    "changed",
    [
        {"birthdate": "17/04/1985"},
        {"gender": "f"},
        {"birthplace": ""},
        {"birthcountry": "99109"},
        {"email": "rien"},
        {"sub": ""},
    ],
)
def test_a_civil_status_that_could_not_be_is_refused(stand: Stand, changed: dict[str, str]) -> None:
    """Born in France: a commune; abroad: none."""
    assert stand.claim(**changed).status_code == 400
    assert "code" in told(stand.claim(birthplace="", birthcountry="99109"))


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "autre"}, 401, "invalid_client"),
        ({"client_id": "autre"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"code": "autre"}, 400, "invalid_grant"),
        ({"redirect_uri": "https://ailleurs.exemple.test/"}, 400, "invalid_grant"),
    ],
)
def test_a_wrong_exchange_is_denied(stand: Stand, changed: dict[str, str], status: int, error: str) -> None:
    code = changed.get("code", "") or stand.code()
    answer = stand.token(code, **{name: value for name, value in changed.items() if name != "code"})
    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_another_way_to_say_who_one_is_is_denied(stand: Stand) -> None:
    """`client_secret_post` only, as FranceConnect."""
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": stand.code()}
    answer = stand.http.post(f"{stand.base}/token", data=form, auth=("connexion", "un-secret"), timeout=10)
    assert answer.json() == {"error": "invalid_client"}


def test_a_code_serves_once(stand: Stand) -> None:
    code = stand.code()
    assert stand.token(code).status_code == 200
    assert stand.token(code).json() == {"error": "invalid_grant"}


def test_tokens_are_signed_and_say_what_was_asked(stand: Stand) -> None:
    given = stand.token(stand.code()).json()
    identity = jwt.decode(given["id_token"], stand.keys(), algorithms=["ES256"]).claims
    assert (identity["iss"], identity["aud"], identity["sub"]) == (stand.base, "connexion", JEANNE["sub"])
    assert (identity["nonce"], identity["acr"]) == (ASKED["nonce"], "eidas1")
    asked = {"Authorization": f"Bearer {given['access_token']}"}
    answer = stand.http.get(f"{stand.base}/userinfo", headers=asked, timeout=10)
    assert answer.headers["Content-Type"] == "application/jwt"
    person = jwt.decode(answer.text, stand.keys(), algorithms=["ES256"]).claims
    assert person["given_name_array"] == ["Jeanne", "Marie"]
    assert person["birthplace"] == "69123"
    assert "gender" not in person
    refused = stand.http.get(f"{stand.base}/userinfo", headers={"Authorization": "Bearer autre"}, timeout=10)
    assert (refused.status_code, refused.json()) == (401, {"error": "invalid_token"})


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"state": ""},
        {"id_token_hint": "autre"},
        {"id_token_hint": ""},
        {"post_logout_redirect_uri": "https://connexion.exemple.test/"},
    ],
)
def test_leaving_is_asked_whole(stand: Stand, changed: dict[str, str]) -> None:
    """A token of its own, a state, an address that was declared."""
    asked = {
        "id_token_hint": stand.token(stand.code()).json()["id_token"],
        "state": "s" * 64,
        "post_logout_redirect_uri": LEFT,
    }
    answer = stand.http.get(f"{stand.base}/session/end", params=asked | changed, allow_redirects=False, timeout=10)
    if changed:
        assert answer.status_code == 400
    else:
        assert answer.headers["Location"] == f"{LEFT}&state={'s' * 64}"
