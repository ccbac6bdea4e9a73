"""What strangers try on the identity provider, played on the real one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urljoin, urlsplit

import pyotp
import pytest
import requests
from testinfra.host import Host

from tests.stack.places import public_url
from tests.stack.sign_in import Form, Somebody, ask_to_sign_in, people, sign_in
from tests.stack.waiting import wait_until

JSON = {"X-CSRF-Check": "1", "Accept": "application/json"}

# Signs in from addresses of our choice. On the provider's host, whose word is taken for who asks, as the front's is.
SOURCES = r"""
import html.parser, http.client, json, ssl, sys, urllib.parse
trust = ssl.create_default_context(cafile="/etc/ssl/gru/authority.crt")
address, port, name, tries = sys.argv[1], int(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])
class Hidden(html.parser.HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.fields, self.form = {}, ""
        self.feed(page)
    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self.form = found.get("id")
        if self.form == "connexion" and tag == "input" and found.get("type") == "hidden":
            self.fields[found["name"]] = found.get("value") or ""
def ask(method, source, cookie, body=None):
    connection = http.client.HTTPSConnection(address, port, timeout=30, context=trust)
    headers = {"Host": name, "X-Forwarded-For": source, "Cookie": cookie}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, "/", body, headers)
    answer = connection.getresponse()
    return answer, answer.read().decode()
told = []
for source, login, password, cookie in tries:
    fields = Hidden(ask("GET", source, cookie)[1]).fields | {"user": login, "password": password}
    answer, page = ask("POST", source, cookie, urllib.parse.urlencode(fields))
    given = [line.split(";")[0] for line in answer.headers.get_all("Set-Cookie") or []]
    result = "in" if answer.status == 302 else "wait" if "Trop d'essais" in page else "refused"
    told.append([result, next((cookie for cookie in given if cookie.startswith("appareil=")), "")])
print(json.dumps(told))
"""
Try = tuple[str, str, str, str]
"""Address, name, password, cookie."""


@pytest.fixture
def host(host_of: Any) -> Host:
    """The identity provider's host."""
    return host_of("idp")


@pytest.fixture
def variables(variables_of: Any) -> dict[str, Any]:
    """Its variables."""
    return variables_of("idp")


@pytest.fixture
def issuer(variables: dict[str, Any]) -> str:
    """Public address of the identity provider, with the slash that belongs to it."""
    return public_url(variables, "idp") + "/"


@pytest.fixture
def base(variables: dict[str, Any]) -> str:
    """Root of the directory."""
    return "dc=" + variables["gru_domain"].replace(".", ",dc=")


@pytest.fixture
def somebody(host: Host, base: str) -> Iterator[Somebody]:
    """Return a function that puts a person in the directory for the time of one check: (identifier, password)."""
    with people(host, base) as make:
        yield make


def tried(host: Host, variables: dict[str, Any], *tries: Try) -> list[list[str]]:
    """What each try gives: "in", "wait" or "refused", and the cookie of known browsers."""
    name = variables["gru_names"]["idp"]
    port = re.search(r"listen [0-9.]+:(\d+)", host.file("/etc/nginx/gru.d/connexion.conf").content_string)
    assert port
    told: list[list[str]] = json.loads(
        host.check_output("python3 -c %s %s %s %s %s", SOURCES, variables["gru_fqdn"], port[1], name, json.dumps(tries))
    )
    return told


def address(number: int) -> str:
    """An address of a network for examples (RFC 5737, RFC 2544)."""
    return f"198.18.{secrets.randbelow(256)}.{number}"


def test_a_stranger_locks_nobody_out(host: Host, variables: dict[str, Any], somebody: Somebody) -> None:
    """Des mots de passe faux à la suite arrêtent qui les essaie, et pas la personne dont c'est le compte."""
    name, password = somebody("usagers")
    stranger, home = address(1), address(2)
    told = tried(host, variables, *[(stranger, name, "faux", "")] * 9, (stranger, name, password, ""))
    assert [result for result, _ in told] == ["refused"] * 5 + ["wait"] * 5
    assert tried(host, variables, (home, name, password, ""))[0][0] == "in"


def test_a_whole_network_of_addresses_counts_as_one(host: Host, variables: dict[str, Any], somebody: Somebody) -> None:
    """Changer d'adresse dans son réseau IPv6, ou la façon d'écrire le nom, ne donne pas d'autres essais."""
    name, _ = somebody("usagers")
    network = f"2001:db8:{secrets.randbelow(65536):x}:{secrets.randbelow(255) + 1:x}"  # a subscriber's /56
    written = [name, name.upper(), name.title(), name.swapcase(), name]
    tries = [(f"{network}{n:02x}::{n:x}", name, "faux", "") for n, name in enumerate(written, 1)]
    told = tried(host, variables, *tries)
    assert [result for result, _ in told] == ["refused"] * 5
    assert tried(host, variables, (f"{network}99::99", name, "faux", ""))[0][0] == "wait"


def test_a_name_that_does_not_exist_is_treated_alike(host: Host, variables: dict[str, Any], somebody: Somebody) -> None:
    """Rien ne distingue un compte qui existe d'un autre : mêmes refus, même attente, même travail."""
    known, unknown = somebody("agents", "agents")[0], f"absent-{secrets.token_hex(6)}"
    sequences = [
        [result for result, _ in tried(host, variables, *[(address(3), name, "faux", "")] * 1)]
        + [result for result, _ in tried(host, variables, *[(source, name, "faux", "")] * 7)]
        for name, source in ((known, address(4)), (unknown, address(5)))
    ]
    assert sequences[0] == sequences[1] == ["refused"] * 6 + ["wait"] * 2
    # The slow part, comparing a password with a hash, is done for both.
    journal = host.check_output("journalctl -u lemonldap-ng-fastcgi-server --since -5min -o cat")
    for name in (known, unknown):
        assert journal.count(f"Bad password for {name} ") == 6, name


def test_many_sources_do_not_lock_out_a_browser_that_is_known(
    host: Host, variables: dict[str, Any], somebody: Somebody
) -> None:
    """Un compte attaqué de partout attend, sauf sur l'appareil où la personne s'est déjà connectée."""
    name, password = somebody("usagers")
    first = tried(host, variables, (address(6), name, password, ""))[0]
    assert first[0] == "in"
    device = first[1]
    told = tried(host, variables, *[(f"198.19.{n}.1", name, "faux", "") for n in range(70)])
    assert told[0][0] == "refused"
    assert told[-1][0] == "wait"
    forged = device.rpartition(".")[0] + "." + "0" * 64
    entries: list[Try] = [(address(7), name, password, cookie) for cookie in ("", forged, device)]
    assert [result for result, _ in tried(host, variables, *entries)] == ["wait", "wait", "in"]
    other, its_password = somebody("usagers")
    tried(host, variables, *[(f"198.19.{n}.2", other, "faux", "") for n in range(70)])
    assert tried(host, variables, (address(8), other, its_password, device))[0][0] == "wait", "the cookie of another"


def enrol(http: requests.Session, issuer: str) -> tuple[str, str]:
    """Attach an application of codes on the page that asks for one: its key, and the code given."""
    asked = f"{issuer}2fregisters/totp"
    key = http.post(f"{asked}/getkey", headers=JSON, timeout=30).json()
    code = pyotp.TOTP(key["secret"]).now()
    fields = {"token": key["token"], "code": code, "TOTPName": "Essai"}
    assert http.post(f"{asked}/verify", data=fields, headers=JSON, timeout=30).json() == {"result": 1}
    return str(key["secret"]), code


def give_code(http: requests.Session, page: requests.Response, code: str) -> requests.Response:
    """Give a code where it is asked."""
    fields = Form(page.text).forms["totp"] | {"code": code}
    return http.post(urljoin(page.url, "/totp2fcheck"), data=fields, allow_redirects=False, timeout=30)


def test_a_code_serves_once(http: requests.Session, issuer: str, variables: dict[str, Any], somebody: Somebody) -> None:
    """Un code de double vérification n'ouvre qu'une session (RFC 6238, 5.2), celui de l'enregistrement aucune."""
    name, password = somebody("agents", "agents")

    def asked() -> requests.Response:
        http.cookies.clear()
        return sign_in(http, ask_to_sign_in(http, issuer, variables, "agents"), name, password)

    asked()
    secret, spent = enrol(http, issuer)
    following = pyotp.TOTP(secret).at(time.time() + 30)  # a clock half a minute fast is accepted
    assert "Un code ne sert qu'une fois" in give_code(http, asked(), spent).text
    assert give_code(http, asked(), following).is_redirect
    assert "Un code ne sert qu'une fois" in give_code(http, asked(), following).text


def test_a_second_factor_is_not_removed_by_who_holds_a_session(
    http: requests.Session, issuer: str, variables: dict[str, Any], somebody: Somebody
) -> None:
    """Une session ouverte ne suffit pas à retirer un moyen de vérification."""
    sign_in(http, ask_to_sign_in(http, issuer, variables, "agents"), *somebody("agents", "agents"))
    secret, _ = enrol(http, issuer)
    http.get(f"{issuer}2fregisters?continue=1", allow_redirects=False, timeout=30)
    page = http.get(f"{issuer}2fregisters", timeout=30)
    assert "Vos moyens de vérification" in page.text
    assert "Supprimer" not in page.text
    for kind in ("totp", "webauthn"):
        refused = http.post(f"{issuer}2fregisters/{kind}/delete", data={"epoch": "1"}, headers=JSON, timeout=30)
        assert (refused.status_code, refused.json()) == (400, {"error": "notAuthorized"})
    assert secret


def test_a_pending_enrolment_cannot_be_guessed(
    http: requests.Session, issuer: str, variables: dict[str, Any], somebody: Somebody
) -> None:
    """Le jeton d'un enregistrement en cours ne se devine pas, et sans lui la page renvoie à la connexion."""
    sign_in(http, ask_to_sign_in(http, issuer, variables, "agents"), *somebody("agents", "agents"))
    pending = json.loads(unquote(http.cookies["connexionpdata"]))["sfRegToken"]
    assert re.fullmatch(r"[0-9a-f]{64}", pending)
    for invented in ("", f"{int(time.time()) - 27000}_1234", secrets.token_hex(32)):
        http.cookies.clear()
        cookie = {"Cookie": "connexionpdata=" + quote(json.dumps({"sfRegToken": invented}))} if invented else {}
        for path in ("2fregisters", "2fregisters/totp"):
            answer = http.get(f"{issuer}{path}", headers=cookie, allow_redirects=False, timeout=30)
            assert (answer.status_code, answer.headers["Location"]) == (302, issuer)


def test_a_link_does_not_sign_out(
    http: requests.Session, issuer: str, variables: dict[str, Any], somebody: Somebody
) -> None:
    """Un lien envoyé par quelqu'un d'autre ne ferme pas la session : la page demande d'abord."""
    sign_in(http, ask_to_sign_in(http, issuer, variables), *somebody("usagers"))
    asked = http.get(f"{issuer}?logout=1", timeout=30)
    assert "Voulez-vous fermer votre session" in asked.text
    assert "Vous êtes connecté" in http.get(issuer, timeout=30).text
    http.post(issuer, data=Form(asked.text).forms["deconnexion"], timeout=30)
    assert "connexion" in Form(http.get(issuer, timeout=30).text).forms


def test_pages_with_tokens_are_not_compressed(http: requests.Session, issuer: str) -> None:
    """Les pages de connexion ne sont pas compressées : leur taille aiderait à deviner leurs jetons (BREACH)."""
    page = http.get(issuer, headers={"Accept-Encoding": "gzip"}, timeout=30)
    assert "token" in Form(page.text).forms["connexion"]
    assert "Content-Encoding" not in page.headers


def test_no_bare_page_of_the_software(http: requests.Session, issuer: str) -> None:
    """Une adresse qui ne sert pas mène à une page de la ville, en français."""
    answer = http.post(f"{issuer}oauth2/register", json={}, timeout=30)
    assert answer.status_code == 404
    assert "Cette page n'existe pas" in answer.text
    assert "LemonLDAP" not in answer.text


def reset_link(http: requests.Session, issuer: str, mail: str, database: Any) -> str:
    """Ask for a new password; the address that the mail holds, read in the database."""
    page = http.get(f"{issuer}resetpwd", params={"lmAuth": "1_compte"}, timeout=30)
    fields = next(form for form in Form(page.text).forms.values() if "mail" in form) | {"mail": mail}
    http.post(page.url, data=fields, timeout=60)
    token = database(
        "select id from sessions where a_session ->> '_type' = 'mail'"
        " order by (a_session ->> 'mailSessionStartTimestamp')::bigint desc limit 1"
    )
    return f"{issuer}resetpwd?mail_token={token}"


@pytest.fixture
def database(host_of: Any) -> Any:
    """Return a function that asks the identity provider's database."""
    carrier: Host = host_of("database")
    return lambda query: carrier.check_output("runuser -u postgres -- psql -qAtd lemonldap -c %s", query).strip()


def test_a_new_password_follows_the_rule_and_ends_what_the_former_one_opened(
    http: requests.Session, issuer: str, variables: dict[str, Any], somebody: Somebody, host: Host, database: Any
) -> None:
    """« Mot de passe oublié » a la règle de l'inscription, et ferme les sessions ouvertes avec l'ancien."""
    name, password = somebody("agents")
    sign_in(http, ask_to_sign_in(http, issuer, variables), name, password)
    assert "Vous êtes connecté" in http.get(issuer, timeout=30).text
    opened = dict(http.cookies)
    http.cookies.clear()
    page = http.get(reset_link(http, issuer, f"{name}@controle.invalid", database), timeout=30)
    for weak in (
        "123456789012",
        "1q2w3e4r5t6y",
        f"{name}@controle",
        "éééééé",
        secrets.token_urlsafe(9)[:11],
    ):
        fields = next(form for form in Form(page.text).forms.values() if "newpassword" in form)
        page = http.post(f"{issuer}resetpwd", data=fields | {"newpassword": weak, "confirmpassword": weak}, timeout=60)
        assert "Ce mot de passe est trop" in page.text, weak
    good = secrets.token_urlsafe(18)
    fields = next(form for form in Form(page.text).forms.values() if "newpassword" in form)
    http.post(f"{issuer}resetpwd", data=fields | {"newpassword": good, "confirmpassword": good}, timeout=60)
    assert tried(host, variables, (address(9), name, good, ""))[0][0] == "in"
    http.cookies.clear()
    old = {"Cookie": "; ".join(f"{key}={value}" for key, value in opened.items())}
    # A worker remembers what it has just seen for a quarter of a minute.
    wait_until(
        lambda: "Vous êtes connecté" not in http.get(issuer, headers=old, timeout=30).text,
        "la session ouverte avec l'ancien mot de passe est fermée",
    )


def test_a_site_that_asks_again_is_told_what_the_directory_says_today(
    http: requests.Session,
    issuer: str,
    variables: dict[str, Any],
    somebody: Somebody,
    host: Host,
    base: str,
    database: Any,
) -> None:
    """Un agent retiré d'un groupe, puis de l'annuaire, perd ce que sa session lui donnait."""
    name, password = somebody("agents", "agents", "editeurs")
    verifier, redirect = secrets.token_urlsafe(48), f"{public_url(variables, 'processing')}/oidc/retour/"
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    sign_in(http, ask_to_sign_in(http, issuer, variables, "agents", code_challenge=digest), name, password)
    enrol(http, issuer)
    http.get(f"{issuer}2fregisters?continue=1", allow_redirects=False, timeout=30)
    back = ask_to_sign_in(http, issuer, variables, "agents", code_challenge=digest)
    code = parse_qs(urlsplit(back.headers["Location"]).query)["code"][0]
    secret = database(
        "select data::jsonb -> 'oidcRPMetaDataOptions' -> 'agents' ->> 'oidcRPMetaDataOptionsClientSecret'"
        " from lmconfig order by cfgnum desc limit 1"
    )

    def token(**fields: str) -> requests.Response:
        return http.post(f"{issuer}oauth2/token", data=fields, auth=("agents", secret), timeout=30)

    def groups(told: requests.Response) -> set[str]:
        body = told.json()["id_token"].split(".")[1]
        said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["groups"]
        return {said} if isinstance(said, str) else set(said)

    first = token(grant_type="authorization_code", code=code, redirect_uri=redirect, code_verifier=verifier)
    assert groups(first) == {"agents", "editeurs"}
    again = {"grant_type": "refresh_token", "refresh_token": first.json()["refresh_token"]}
    entry = f"uid={name},ou=agents,{base}"
    out = f"dn: cn=editeurs,ou=groupes,{base}\\nchangetype: modify\\ndelete: member\\nmember: {entry}\\n"
    assert host.run(f"printf '{out}' | ldapmodify -Q -Y EXTERNAL -H ldapi:///").rc == 0
    assert groups(token(**again)) == {"agents"}
    assert host.run(f"ldapdelete -Q -Y EXTERNAL -H ldapi:/// {entry}").rc == 0
    gone = [token(**again) for _ in range(2)]
    assert [answer.ok for answer in gone] == [False, False]
    assert gone[1].json() == {"error": "invalid_grant"}
