"""A small OpenID provider on a loopback port: real HTTP, real signatures, no browser."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


class Fournisseur:
    """What a test may look at or bend.

    `claims` of the next person, `cle` that signs, `codes` expected, `ouvertes`: sessions that may be asked about again,
    `en_panne`: whether it answers 503. `erreur`: an OAuth error it answers to any request of a token. `secret`: the
    only one that it takes of a client; any, when empty. `processus`: what the processes that answer next take instead.
    """

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.cle = RSAKey.generate_key(2048, parameters={"kid": "un", "use": "sig", "alg": "RS256"})
        self.signature: RSAKey | None = None  # another key, to forge
        self.codes: dict[str, dict[str, str]] = {}
        self.ouvertes: dict[str, dict[str, str]] = {}
        self.appels: list[str] = []
        self.en_panne = False
        self.erreur = ""
        self.secret = ""
        self.processus: list[str] = []
        self.serveur = ThreadingHTTPServer(("127.0.0.1", 0), self._gestionnaire())
        self.issuer = f"http://127.0.0.1:{self.serveur.server_address[1]}/"

    def autoriser(self, adresse: str) -> str:
        """Play the browser and the person: from the authorisation address to the callback's query."""
        demande = {nom: valeurs[0] for nom, valeurs in parse_qs(urlsplit(adresse).query).items()}
        assert demande["response_type"] == "code"
        assert demande["code_challenge_method"] == "S256"
        assert set(demande["scope"].split()) == {"openid", "profile", "email", "gru"}
        code = secrets.token_urlsafe(16)
        self.codes[code] = demande
        return f"?code={code}&state={demande['state']}"

    def _jeton(self, demande: dict[str, str]) -> dict[str, Any]:
        maintenant = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": demande["client_id"],
            "iat": maintenant,
            "exp": maintenant + 300,
            "nonce": demande["nonce"],
            **self.claims,
        }
        signe = jwt.encode({"alg": "RS256", "kid": "un"}, claims, self.signature or self.cle)
        renouvellement = next((cle for cle, valeur in self.ouvertes.items() if valeur is demande), None)
        if renouvellement is None:
            renouvellement = secrets.token_urlsafe(16)
            self.ouvertes[renouvellement] = demande
        return {
            "access_token": "a",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": signe,
            "refresh_token": renouvellement,
        }

    def _repondre(self, chemin: str, corps: str, client: str) -> tuple[int, dict[str, Any]]:
        self.appels.append(chemin)
        if self.en_panne:
            return 503, {}
        if chemin == "/.well-known/openid-configuration":
            base = self.issuer
            return 200, {
                "issuer": base,
                "authorization_endpoint": f"{base}oauth2/authorize",
                "token_endpoint": f"{base}oauth2/token",
                "jwks_uri": f"{base}oauth2/jwks",
                "end_session_endpoint": f"{base}oauth2/logout",
                "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
            }
        if chemin == "/oauth2/jwks":
            return 200, {"keys": [self.cle.as_dict(private=False)]}
        attendu = self.processus.pop(0) if self.processus else self.secret
        if attendu and base64.b64decode(client.removeprefix("Basic ")).decode().partition(":")[2] != attendu:
            return 401, {"error": "invalid_client"}
        return self._donner({nom: valeurs[0] for nom, valeurs in parse_qs(corps).items()})

    def _donner(self, donnees: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.erreur:
            return 400, {"error": self.erreur}
        if donnees.get("grant_type") == "refresh_token":
            demande = self.ouvertes.get(donnees["refresh_token"])
            return (200, self._jeton(demande)) if demande else (400, {"error": "invalid_grant"})
        demande = self.codes.pop(donnees.get("code", ""), None)
        if demande is None:
            return 400, {"error": "invalid_grant"}
        preuve = base64.urlsafe_b64encode(hashlib.sha256(donnees["code_verifier"].encode()).digest())
        if preuve.rstrip(b"=").decode() != demande["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        return 200, self._jeton(demande)

    def _gestionnaire(self) -> type[BaseHTTPRequestHandler]:
        fournisseur = self

        class Gestionnaire(BaseHTTPRequestHandler):
            def _faire(self) -> None:
                corps = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                statut, reponse = fournisseur._repondre(self.path, corps, self.headers.get("Authorization") or "")
                octets = json.dumps(reponse).encode()
                self.send_response(statut)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            do_GET = do_POST = _faire

            def log_message(self, *args: Any) -> None:
                """Keep quiet."""

        return Gestionnaire


@contextmanager
def fournisseur_en_marche() -> Iterator[Fournisseur]:
    fournisseur = Fournisseur()
    fil = threading.Thread(target=fournisseur.serveur.serve_forever, daemon=True)
    fil.start()
    try:
        yield fournisseur
    finally:
        fournisseur.serveur.shutdown()
        fournisseur.serveur.server_close()
