#!/usr/bin/python3
"""A stand-in for FranceConnect v2, for trials: anyone may claim to be anyone.

Same dialogue as the real one (OpenID Connect code flow; ES256 id_token; user information as a signed JWT), so that
the identity provider is set up alike. Python's standard library and Debian's python3-cryptography only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import os
import secrets
import socket
import ssl
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CODE_SECONDS = 60
TOKEN_SECONDS = 60
BODY_LIMIT = 16_384
PREFIX = "/api/v2"


@dataclass(frozen=True)
class Settings:
    issuer: str
    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    town: str
    key_file: Path
    address: str
    port: int
    certificate: Path
    certificate_key: Path

    @classmethod
    def read(cls, path: Path) -> Settings:
        values = json.loads(path.read_text())
        return cls(
            issuer=values["issuer"],
            client_id=values["client_id"],
            client_secret=values["client_secret"],
            redirect_uris=tuple(values["redirect_uris"]),
            town=values["town"],
            key_file=Path(values["key_file"]),
            address=values["address"],
            port=values["port"],
            certificate=Path(values["certificate"]),
            certificate_key=Path(values["certificate_key"]),
        )


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """ES256 over one key, made at the first start and kept: the identity provider caches its public half."""

    def __init__(self, path: Path) -> None:
        if path.exists():
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        else:
            key = ec.generate_private_key(ec.SECP256R1())
            pem = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(pem)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            sys.exit(f"{path} : une clé EC P-256 est attendue")
        self.key = key
        numbers = key.public_key().public_numbers()
        x, y = b64(numbers.x.to_bytes(32, "big")), b64(numbers.y.to_bytes(32, "big"))
        self.key_id = b64(hashlib.sha256(f"{x}.{y}".encode()).digest()[:12])
        self.public = {
            "kty": "EC",
            "crv": "P-256",
            "use": "sig",
            "alg": "ES256",
            "kid": self.key_id,
            "x": x,
            "y": y,
        }

    def sign(self, claims: Mapping[str, object]) -> str:
        header = {"alg": "ES256", "typ": "JWT", "kid": self.key_id}
        text = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


@dataclass
class Store:
    """What was handed out and not yet used: codes and access tokens, each for a minute."""

    values: dict[str, tuple[float, dict[str, str]]] = field(default_factory=dict)

    def put(self, content: dict[str, str], seconds: int) -> str:
        now = time.time()
        self.values = {key: value for key, value in self.values.items() if value[0] > now}
        name = secrets.token_urlsafe(32)
        self.values[name] = (now + seconds, content)
        return name

    def take(self, name: str) -> dict[str, str] | None:
        until, content = self.values.pop(name, (0.0, {}))
        return content if until > time.time() else None


PAGE = """<!doctype html>
<html lang="fr">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{title} – Simulation de FranceConnect – {town}</title>
  <link rel="stylesheet" href="/charte/charte.css">
  <link rel="icon" type="image/svg+xml" href="/charte/logo.svg">
</head>
<body>
  <a class="lien-evitement" href="#contenu">Aller au contenu</a>
  <header class="entete"><div class="conteneur"><p><strong>Simulation de FranceConnect</strong></p></div></header>
  <main id="contenu" tabindex="-1">
    <div class="conteneur conteneur--etroit">
      <h1>{title}</h1>
      <p class="alerte"><strong>Simulation.</strong> Ce n'est pas FranceConnect. Cette page sert aux essais :
      chacun peut s'y donner l'identité qu'il veut, et rien n'est vérifié. N'écrivez pas de vraies données
      personnelles.</p>
      {body}
    </div>
  </main>
  <footer class="pied"><div class="conteneur"><p>Simulation pour les essais de {town}</p></div></footer>
</body>
</html>
"""

# name, label, value offered, type, autocomplete
FIELDS = (
    ("given_name", "Prénoms", "Jeanne", "text"),
    ("family_name", "Nom de naissance", "Exemple", "text"),
    ("email", "Adresse e-mail", "jeanne.exemple@exemple.test", "email"),
    ("sub", "Identifiant technique (le même redonne la même personne)", "jeanne-exemple", "text"),
)
CARRIED = ("client_id", "redirect_uri", "state", "nonce", "response_type", "scope", "acr_values")


class Server(ThreadingHTTPServer):
    """Speaks TLS, as every host does to the front. Each connection shakes hands in its own thread, when first read."""

    daemon_threads = True

    def __init__(self, settings: Settings) -> None:
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(settings.certificate, settings.certificate_key)
        super().__init__((settings.address, settings.port), Handler)

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        connection.settimeout(60)
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 (the base class's)
        """Who knocks without TLS, or leaves, costs one line."""
        sys.stderr.write(f"{sys.exception()!r}\n")


class Handler(BaseHTTPRequestHandler):
    settings: Settings
    signer: Signer
    codes: Store
    tokens: Store
    protocol_version = "HTTP/1.1"
    server_version = "SimulationFranceConnect"
    sys_version = ""

    # --- answers -----------------------------------------------------------------------------------------------
    def answer(self, status: HTTPStatus, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Robots-Tag", "noindex")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def json(self, content: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.answer(status, json.dumps(content).encode(), "application/json")

    def page(self, title: str, body: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        text = PAGE.format(title=title, body=body, town=html.escape(self.settings.town))
        # form-action also governs the redirections that follow the form: identity provider, then any of its sites.
        policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https:; "
        headers = {"Content-Security-Policy": policy + "frame-ancestors 'none'; base-uri 'none'"}
        self.answer(status, text.encode(), "text/html; charset=utf-8", headers)

    def refuse(self, words: str) -> None:
        self.page("Demande refusée", f"<p>{html.escape(words)}</p>", HTTPStatus.BAD_REQUEST)

    def redirect(self, address: str) -> None:
        self.answer(HTTPStatus.SEE_OTHER, b"", "text/plain", {"Location": address})

    # --- requests ----------------------------------------------------------------------------------------------
    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        match url.path.removeprefix(PREFIX):
            case "/.well-known/openid-configuration":
                self.json(self.metadata())
            case "/jwks":
                self.json({"keys": [self.signer.public]})
            case "/authorize":
                self.ask(query)
            case "/userinfo":
                self.user_information()
            case "/session/end":
                self.end_session(query)
            case "/sante":
                self.json({"etat": "ok"})
            case _:
                self.page("Page introuvable", "<p>Cette adresse ne mène à rien.</p>", HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_LIMIT:
            self.close_connection = True
            self.refuse("La demande est trop longue.")
            return
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        match urlsplit(self.path).path.removeprefix(PREFIX):
            case "/authorize":
                self.grant(form)
            case "/token":
                self.token(form)
            case _:
                self.page("Page introuvable", "<p>Cette adresse ne mène à rien.</p>", HTTPStatus.NOT_FOUND)

    def metadata(self) -> dict[str, object]:
        base = self.settings.issuer
        return {
            "issuer": base,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/userinfo",
            "end_session_endpoint": f"{base}/session/end",
            "jwks_uri": f"{base}/jwks",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "acr_values_supported": ["eidas1"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "userinfo_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def wrong_request(self, values: Mapping[str, str]) -> str:
        if values.get("client_id") != self.settings.client_id:
            return "Ce site n'est pas connu."
        if values.get("redirect_uri") not in self.settings.redirect_uris:
            return "L'adresse de retour n'est pas celle qui a été déclarée."
        if values.get("response_type") != "code" or not values.get("state") or not values.get("nonce"):
            return "La demande est incomplète (response_type=code, state et nonce sont obligatoires)."
        return ""

    def ask(self, query: Mapping[str, str]) -> None:
        if words := self.wrong_request(query):
            self.refuse(words)
            return
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(query[name])}">'
            for name in CARRIED
            if name in query
        )
        fields = "".join(
            f'<div class="champ"><label for="{name}">{label}</label>'
            f'<input id="{name}" name="{name}" type="{kind}" value="{value}" autocomplete="off" required></div>'
            for name, label, value, kind in FIELDS
        )
        self.page(
            "Choisir une identité d'essai",
            f'<form id="identite" class="carte" method="post" action="{PREFIX}/authorize">{hidden}{fields}'
            '<p class="actions"><button class="bouton" type="submit">Continuer avec cette identité</button>'
            '<button class="bouton bouton--secondaire" type="submit" name="refus" value="1" formnovalidate>'
            "Annuler</button></p></form>",
        )

    def grant(self, form: Mapping[str, str]) -> None:
        if words := self.wrong_request(form):
            self.refuse(words)
            return
        back: dict[str, str] = {"state": form["state"], "iss": self.settings.issuer}
        if form.get("refus"):
            back |= {"error": "access_denied"}
        else:
            person = {name: form.get(name, "").strip() for name, *_ in FIELDS}
            if not all(person.values()):
                self.refuse("Remplissez tous les champs.")
                return
            back["code"] = self.codes.put({**person, "nonce": form["nonce"]}, CODE_SECONDS)
        separator = "&" if "?" in form["redirect_uri"] else "?"
        self.redirect(form["redirect_uri"] + separator + urlencode(back))

    def token(self, form: Mapping[str, str]) -> None:
        known = hmac.compare_digest(form.get("client_secret", ""), self.settings.client_secret)
        if form.get("client_id") != self.settings.client_id or not known:
            self.json({"error": "invalid_client"}, HTTPStatus.UNAUTHORIZED)
            return
        person = self.codes.take(form.get("code", "")) if form.get("grant_type") == "authorization_code" else None
        if person is None:
            self.json({"error": "invalid_grant"}, HTTPStatus.BAD_REQUEST)
            return
        now = int(time.time())
        claims = {
            "iss": self.settings.issuer,
            "aud": self.settings.client_id,
            "sub": person["sub"],
            "nonce": person.pop("nonce"),
            "acr": "eidas1",
            "amr": ["pwd"],
            "auth_time": now,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }
        self.json({
            "access_token": self.tokens.put(person, TOKEN_SECONDS),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "id_token": self.signer.sign(claims),
        })  # fmt: skip

    def user_information(self) -> None:
        scheme, _, value = (self.headers.get("Authorization") or "").partition(" ")
        person = self.tokens.take(value) if scheme.lower() == "bearer" else None
        if person is None:
            self.json({"error": "invalid_token"}, HTTPStatus.UNAUTHORIZED)
            return
        now = int(time.time())
        claims = {"iss": self.settings.issuer, "aud": self.settings.client_id, "iat": now}
        claims["exp"] = now + TOKEN_SECONDS
        self.answer(HTTPStatus.OK, self.signer.sign(claims | person).encode(), "application/jwt")

    def end_session(self, query: Mapping[str, str]) -> None:
        # Nothing to close: no session is kept. Only the identity provider's own address may be returned to.
        address = query.get("post_logout_redirect_uri", "")
        origins = {urlsplit(uri)[:2] for uri in self.settings.redirect_uris}
        if urlsplit(address)[:2] in origins:
            self.redirect(address + ("?" + urlencode({"state": query["state"]}) if "state" in query else ""))
        else:
            self.page("Vous êtes déconnecté", "<p>La simulation ne garde rien de vous.</p>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: ARG002 (the name is the base class's)
        """One short line in the journal, without the query: it holds codes and states."""
        path = urlsplit(getattr(self, "path", "")).path
        sys.stderr.write(f"{self.command} {path} {args[1] if len(args) > 1 else ''}\n")


def main() -> None:
    settings = Settings.read(Path(sys.argv[1]))
    Handler.settings = settings
    Handler.signer = Signer(settings.key_file)
    Handler.codes, Handler.tokens = Store(), Store()
    Server(settings).serve_forever()


if __name__ == "__main__":
    main()
