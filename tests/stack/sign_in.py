"""People of the directory for the time of a check, and what a browser does to sign in."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from testinfra.host import Host

from tests.stack.places import public_url

Somebody = Callable[..., tuple[str, str]]
"""Branch ("usagers", "agents") and groups, to identifier and password."""


@contextmanager
def people(host: Host, base: str) -> Iterator[Somebody]:
    """Give a function that puts somebody in a branch and groups of the directory; who is made so leaves at the end.

    `host` is the identity provider's, `base` the root of its directory.
    """
    made: list[str] = []

    def make(branch: str, *groups: str) -> tuple[str, str]:
        name, password = f"controle-{secrets.token_hex(6)}", secrets.token_urlsafe(24)
        entry = f"uid={name},ou={branch},{base}"
        made.append(entry)
        ldif = [f"dn: {entry}", "objectClass: inetOrgPerson", f"uid: {name}", "cn: Contrôle", "sn: Contrôle"]
        ldif += [f"mail: {name}@controle.invalid", f"userPassword: {password}", ""]
        for group in groups:
            ldif += [
                f"dn: cn={group},ou=groupes,{base}",
                "changetype: modify",
                "add: member",
                f"member: {entry}",
                "",
            ]
        written = host.run("printf '%%s\\n' %s | ldapmodify -a -Q -Y EXTERNAL -H ldapi:///", "\n".join(ldif))
        assert written.rc == 0, written.stderr
        return name, password

    try:
        yield make
    finally:
        for entry in made:
            host.run("ldapdelete -Q -Y EXTERNAL -H ldapi:/// %s", entry)


class Form(HTMLParser):
    """Fields of the forms of a page, by the form's id."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.language = ""
        self._current: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = values.get("lang", "")
        elif tag == "form":
            self._current = self.forms.setdefault(values.get("id", ""), {})
        elif tag in ("input", "button") and "name" in values:
            self._current[values["name"]] = values.get("value", "")


def ask_to_sign_in(
    http: requests.Session, issuer: str, variables: dict[str, Any], client: str = "portail", **changed: str | None
) -> requests.Response:
    """Begin the code flow as a brick does; `changed` replaces or removes parameters."""
    brick = {"portail": "portal", "agents": "processing"}[client]
    home = public_url(variables, brick)
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    parameters: dict[str, str | None] = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": f"{home}/oidc/retour/",
        "scope": "openid profile email gru",
        "state": secrets.token_urlsafe(8),
        "nonce": secrets.token_urlsafe(8),
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    asked = {name: value for name, value in (parameters | changed).items() if value is not None}
    return http.get(f"{issuer}oauth2/authorize?{urlencode(asked)}", allow_redirects=False, timeout=30)


def sign_in(http: requests.Session, page: requests.Response, login: str, password: str) -> requests.Response:
    """Fill in the sign-in form of a page; follow redirections inside the identity provider only."""
    fields = Form(page.text).forms["connexion"] | {"user": login, "password": password}
    answer = http.post(page.url, data=fields, allow_redirects=False, timeout=30)
    while (
        answer.is_redirect
        and urlsplit(urljoin(answer.url, answer.headers["Location"])).netloc == urlsplit(page.url).netloc
    ):
        answer = http.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False, timeout=30)
    return answer
