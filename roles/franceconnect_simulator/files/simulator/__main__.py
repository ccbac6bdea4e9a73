"""A stand-in for FranceConnect v2, for trials: anyone may claim to be anyone.

It asks what the real one asks and refuses what it refuses (`protocol`), then answers as it does, or as whoever would
like to be taken for it (`answers`). Python's standard library and Debian's python3-cryptography only.
"""

from __future__ import annotations

import html
import json
import secrets
import socket
import ssl
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from answers import ERRORS, HONEST, HOSTILE, Signer, half_hash, id_token, user_information
from protocol import (
    CLAIMS,
    LEVELS,
    Denied,
    Refused,
    Returned,
    Settings,
    check_authorization,
    check_client,
    check_person,
    claims_of,
)

CODE_SECONDS = 30
TOKEN_SECONDS = 60
BODY_LIMIT = 16_384
PREFIX = "/api/v2"


@dataclass
class Store:
    """What was handed out and is still good: codes once, access tokens for a minute."""

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

    def read(self, name: str) -> dict[str, str] | None:
        until, content = self.values.get(name, (0.0, {}))
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

# name, label, value offered, type, mandatory
FIELDS = (
    ("given_name", "Prénoms, séparés par des espaces", "Jeanne Marie", "text", True),
    ("family_name", "Nom de naissance", "EXEMPLE", "text", True),
    ("preferred_username", "Nom d'usage (facultatif)", "", "text", False),
    ("gender", "Sexe (female ou male)", "female", "text", True),
    ("birthdate", "Date de naissance (AAAA-MM-JJ)", "1985-04-17", "text", True),
    ("birthplace", "Commune de naissance (code INSEE ; vide si née à l'étranger)", "69123", "text", False),
    ("birthcountry", "Pays de naissance (code INSEE ; 99100 pour la France)", "99100", "text", True),
    ("email", "Adresse e-mail", "jeanne.exemple@exemple.test", "email", True),
    (
        "sub",
        "Identifiant technique (le même redonne la même personne)",
        "6925fb8143c76eded44d32b40c0cb1006065f7f003de52712b78985704f39950v1",
        "text",
        True,
    ),
)
CARRIED = ("client_id", "redirect_uri", "state", "nonce", "response_type", "scope", "acr_values")
PLAY = "reponse"


def choice_of_answer() -> str:
    """The list from which one chooses what FranceConnect answers."""

    def options(values: Mapping[str, str]) -> str:
        return "".join(f'<option value="{name}">{html.escape(words)}</option>' for name, words in values.items())

    return (
        f'<div class="champ"><label for="{PLAY}">Ce que répond FranceConnect</label><select id="{PLAY}" name="{PLAY}">'
        + options({HONEST: "L'identité ci-dessus"})
        + f'<optgroup label="Une erreur">{options({name: name for name in ERRORS})}</optgroup>'
        + f'<optgroup label="Une réponse falsifiée">{options(HOSTILE)}</optgroup></select></div>'
    )


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

    def refuse(self, code: str, words: str) -> None:
        self.page(
            "Une erreur est survenue",
            f"<p>{html.escape(words)}</p><p>Code d'erreur : {code}</p>",
            HTTPStatus.BAD_REQUEST,
        )

    def attempt(self, action: Callable[[], None]) -> None:
        """Do it, or tell whoever must be told why not."""
        try:
            action()
        except Refused as refused:
            self.refuse(refused.code, refused.words)
        except Denied as denied:
            self.json({"error": denied.error}, HTTPStatus(denied.status))

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
                self.attempt(lambda: self.ask(query))
            case "/userinfo":
                self.attempt(self.tell)
            case "/session/end":
                self.attempt(lambda: self.end_session(query))
            case "/sante":
                self.json({"etat": "ok"})
            case _:
                self.page("Page introuvable", "<p>Cette adresse ne mène à rien.</p>", HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_LIMIT:
            self.close_connection = True
            self.refuse("Y000400", "La demande est trop longue.")
            return
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        match urlsplit(self.path).path.removeprefix(PREFIX):
            case "/authorize":
                self.attempt(lambda: self.grant(form))
            case "/token":
                self.attempt(lambda: self.token(form))
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
            "acr_values_supported": list(LEVELS),
            "scopes_supported": list(CLAIMS),
            "id_token_signing_alg_values_supported": ["ES256"],
            "userinfo_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def ask(self, query: Mapping[str, str]) -> None:
        try:
            check_authorization(self.settings, query)
        except Returned as returned:
            self.come_back(query, error=returned.error, error_description=returned.description)
            return
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(query[name])}">'
            for name in CARRIED
            if name in query
        )
        fields = "".join(
            f'<div class="champ"><label for="{name}">{label}</label><input id="{name}" name="{name}" type="{kind}"'
            f' value="{value}" autocomplete="off"{" required" if mandatory else ""}></div>'
            for name, label, value, kind, mandatory in FIELDS
        )
        self.page(
            "Choisir une identité d'essai",
            f'<form id="identite" class="carte" method="post" action="{PREFIX}/authorize">{hidden}{fields}'
            f'{choice_of_answer()}<p class="actions"><button class="bouton" type="submit">Continuer avec cette identité'
            '</button><button class="bouton bouton--secondaire" type="submit" name="refus" value="1" formnovalidate>'
            "Annuler</button></p></form>",
        )

    def grant(self, form: Mapping[str, str]) -> None:
        check_authorization(self.settings, form)
        play = form.get(PLAY, HONEST)
        if form.get("refus"):
            play = "access_denied"
        if play in ERRORS:
            self.come_back(form, error=play, error_description=ERRORS[play])
            return
        person = {name: form.get(name, "").strip() for name, *_ in FIELDS}
        check_person(person)
        kept = {"redirect_uri": form["redirect_uri"], "nonce": form["nonce"], "scope": form["scope"], PLAY: play}
        self.come_back(form, play, code=self.codes.put(person | kept, CODE_SECONDS))

    def come_back(self, asked: Mapping[str, str], play: str = HONEST, **told: str) -> None:
        """Send the browser back to the service; the answer names who gives it (RFC 9207)."""
        state = "0" * len(asked["state"]) if play == "retour_state" else asked["state"]
        issuer = "https://franceconnect.example.org/api/v2" if play == "retour_iss" else self.settings.issuer
        separator = "&" if "?" in asked["redirect_uri"] else "?"
        self.redirect(asked["redirect_uri"] + separator + urlencode({"state": state, "iss": issuer} | told))

    def token(self, form: Mapping[str, str]) -> None:
        check_client(self.settings, form, self.headers.get("Authorization") or "")
        if form.get("grant_type") != "authorization_code":
            raise Denied("unsupported_grant_type")
        person = self.codes.take(form.get("code", ""))
        if person is None or person[PLAY] == "code_refuse" or form.get("redirect_uri") != person["redirect_uri"]:
            raise Denied("invalid_grant")
        now = int(time.time())
        access = self.tokens.put(person, TOKEN_SECONDS)
        claims: dict[str, object] = {
            "iss": self.settings.issuer,
            "aud": self.settings.client_id,
            "sub": person["sub"],
            "nonce": person["nonce"],
            "acr": LEVELS[0],
            "at_hash": half_hash(access),
            "auth_time": now,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }
        self.json({
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "id_token": id_token(self.signer, claims, person[PLAY], self.settings.client_secret),
        })  # fmt: skip

    def tell(self) -> None:
        scheme, _, value = (self.headers.get("Authorization") or "").partition(" ")
        person = self.tokens.read(value) if scheme.lower() == "bearer" else None
        if person is None or person[PLAY] == "identite_absente":
            raise Denied("invalid_token", 401)
        now = int(time.time())
        claims = claims_of({name: person[name] for name, *_ in FIELDS}, person["scope"])
        claims |= {"iss": self.settings.issuer, "aud": self.settings.client_id, "iat": now, "exp": now + TOKEN_SECONDS}
        text, kind = user_information(self.signer, claims, person[PLAY])
        self.answer(HTTPStatus.OK, text.encode(), kind)

    def end_session(self, query: Mapping[str, str]) -> None:
        """Nothing to close: no session is kept."""
        if not self.signer.is_ours(query.get("id_token_hint", "")):
            raise Refused("Y030007", "id_token_hint manque, ou n'est pas de FranceConnect.")
        if not query.get("state"):
            raise Refused("Y030007", "state manque.")
        address = query.get("post_logout_redirect_uri", "")
        if address not in self.settings.post_logout_redirect_uris:
            raise Refused("Y030111", "L'adresse de retour n'est pas celle qui a été déclarée.")
        self.redirect(address + ("&" if "?" in address else "?") + urlencode({"state": query["state"]}))

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
