"""What `gru rotate` asks of hosts, asked of small servers that answer as the real ones do."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.rotation import proofs
from infra.rotation.catalogue import BY_NAME
from infra.state import OperatorError
from tests.certificates.made import Authority

Answer = tuple[int, dict[str, Any]]


class Site:
    """A server whose `answer` is given the path and the authorization of each request."""

    def __init__(self) -> None:
        self.answer: Callable[[str, str], Answer] = lambda _path, _who: (404, {})
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                site.asked.append(f"{self.headers['Host']}{self.path}")
                status, content = site.answer(self.path, self.headers.get("Authorization") or "")
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing to say."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def under_tls(self, folder: Path) -> None:
        """Speak as the platform's hosts do; what signed the certificate is `authority.crt` of that folder."""
        authority = Authority("Autorité d'essai")
        signed = authority.sign(["localhost"])
        (folder / "authority.crt").write_text(authority.certificate)
        (folder / "host.pem").write_text(signed.chain + signed.key)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "host.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The host is this machine; nobody waits for what does not come."""

    def here(_inventory: object, _host: str, command: list[str], stdin: str = "", **_: object) -> str:
        assert command == ["python3", "-"], "no value in an argument"
        run = subprocess.run([sys.executable, "-"], input=stdin, capture_output=True, text=True, check=False)
        if run.returncode:
            raise OperatorError(run.stderr.splitlines()[-1])
        return run.stdout

    monkeypatch.setattr(proofs, "run_remote", here)
    monkeypatch.setattr(proofs, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(proofs, "STEADY", 2)
    found = Site()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()


def inventory(site: Site) -> dict[str, Any]:
    functions = ("database", "idp", "portal", "processing", "mail")
    return {
        "all": {
            "vars": {
                "gru_domain": "gru.test",
                "gru_names": {"idp": "connexion.gru.test"},
                "gru_ports": {name: {"web": site.port} for name in ("idp", "processing", "consultation")},
                "gru_carriers": {"processing": [{"fqdn": "localhost"}]},
            },
            "hosts": {"tout": {"gru_fqdn": "tout.gru.test"}},
            "children": {function: {"hosts": {"tout": {}}} for function in functions},
        }
    }


def client_known_by(*secrets: str) -> Callable[[str, str], Answer]:
    """As LemonLDAP::NG: who is not known is refused, then the code is (RFC 6749, 5.2)."""
    known = {"Basic " + base64.b64encode(f"portail:{one}".encode()).decode() for one in secrets}
    return lambda _path, who: (400, {"error": "invalid_grant"}) if who in known else (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    ("taken", "refusal"),
    [
        (("nouveau",), None),
        (("ancien",), "la nouvelle valeur n'y est pas acceptée"),
        (("nouveau", "ancien"), "l'ancienne valeur y est encore acceptée"),
    ],
)
def test_the_provider_takes_the_new_secret_and_not_the_former(
    site: Site, taken: tuple[str, ...], refusal: str | None
) -> None:
    site.answer = client_known_by(*taken)
    kept = BY_NAME["oidc_portal"]
    if refusal is None:
        proofs.prove(inventory(site), kept, "nouveau", "ancien", former_is_good=False)
        assert set(site.asked) == {"connexion.gru.test/oauth2/token"}
        assert len(site.asked) == 2 * 2, "each value, as many times as there may be processes behind"
        return
    with pytest.raises(OperatorError, match=refusal) as told:
        proofs.prove(inventory(site), kept, "nouveau", "ancien", former_is_good=False)
    assert "nouveau" not in str(told.value).replace("la nouvelle", "")


def test_a_process_that_lags_is_waited_for(site: Site) -> None:
    """One of two still holds the former settings."""
    ways = [client_known_by("nouveau"), client_known_by("ancien")]
    site.answer = lambda path, who: ways[(len(site.asked) - 1) // 2 % 2](path, who)  # noqa: PLW0108
    with pytest.raises(OperatorError):
        proofs.prove(inventory(site), BY_NAME["oidc_portal"], "nouveau", "ancien", former_is_good=False)


def test_a_provider_that_is_down_proves_nothing(site: Site) -> None:
    site.answer = lambda _path, _who: (503, {})
    with pytest.raises(OperatorError, match="503"):
        proofs.prove(inventory(site), BY_NAME["oidc_portal"], "nouveau", "ancien", former_is_good=False)


def test_both_public_keys_are_published_while_the_key_changes(site: Site) -> None:
    kept = BY_NAME["oidc_signing"]
    new, former = ("clé", "publique"), ("ancienne", "ancienne publique")
    names = [proofs.value_to_show(kept, pair) for pair in (new, former)]
    assert names[0] == hashlib.sha256(b"publique").hexdigest()[:16]
    site.answer = lambda _path, _who: (200, {"keys": [{"kid": name} for name in names]})
    proofs.prove(inventory(site), kept, *names, former_is_good=True)
    with pytest.raises(OperatorError, match="encore acceptée"):
        proofs.prove(inventory(site), kept, *names, former_is_good=False)


def test_the_name_of_a_key_is_the_one_that_the_provider_is_given() -> None:
    """`roles/idp` makes it from the public half."""
    template = (Path(proofs.__file__).parents[2] / "roles" / "idp" / "templates" / "lemonldap.json.j2").read_text()
    assert "(idp_signing_public_key | hash('sha256'))[:16]" in template
    assert "(idp_signing_public_key_other | hash('sha256'))[:16]" in template


def test_the_sites_know_both_keys_of_mails_that_come_back(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.under_tls(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.crt"))
    site.answer = lambda _path, who: (403 if who in ("Bearer nouvelle", "Bearer ancienne") else 404, {})
    proofs.prove(inventory(site), BY_NAME["mail_returns"], "nouvelle", "ancienne", former_is_good=True)
    site.answer = lambda _path, who: (403 if who == "Bearer nouvelle" else 404, {})
    proofs.prove(inventory(site), BY_NAME["mail_returns"], "nouvelle", "ancienne", former_is_good=False)
    with pytest.raises(OperatorError, match="n'y est déjà plus acceptée"):
        proofs.prove(inventory(site), BY_NAME["mail_returns"], "nouvelle", "ancienne", former_is_good=True)


@pytest.mark.parametrize("program", ["_POSTGRESQL", "_LDAP", "_OIDC", "_JWKS", "_RETURNS", "_DJANGO"])
def test_every_program_is_one(program: str) -> None:
    compile(f"{proofs._HTTP}{getattr(proofs, program)}\nASKED = '{{}}'\n{proofs._ASK}", program, "exec")
