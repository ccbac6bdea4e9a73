"""Checks of role `idp`: what the directory and the identity provider promise to the other bricks."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from testinfra.host import Host

from tests.stack.places import public_url
from tests.stack.sign_in import Form, Somebody, ask_to_sign_in, people, sign_in

LDAP = "ldapsearch -LLL -Q -Y EXTERNAL -H ldapi:/// -o ldif-wrap=no"
ROOT = "/usr/local/share/ca-certificates/gru-autorite-locale.crt"


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


def test_services_run_and_are_listed(host: Host) -> None:
    """L'annuaire, LemonLDAP::NG et nginx tournent et redémarreront avec la machine."""
    for name in ("slapd", "lemonldap-ng", "nginx"):
        component = json.loads(host.file(f"/etc/gru/components.d/{name}.json").content_string)
        assert component["function"] == "idp"
        for unit in component["units"]:
            assert host.service(unit).is_running, unit
            assert host.service(unit).is_enabled, unit


def test_directory_speaks_ldaps_only_with_the_right_certificate(host: Host, variables: dict[str, Any]) -> None:
    """L'annuaire ne parle que chiffré, avec le certificat du site, et à personne d'anonyme."""
    assert host.socket("tcp://0.0.0.0:636").is_listening
    assert not host.socket("tcp://0.0.0.0:389").is_listening
    anonymous = f"env LDAPTLS_CACERT={ROOT} ldapsearch -x -H ldaps://{variables['gru_fqdn']} -b '' -s base"
    refused = host.run(anonymous)
    assert refused.rc == 48, refused.stderr
    assert "anonymous bind disallowed" in refused.stderr
    stranger = host.run(anonymous.replace(variables["gru_fqdn"], "127.0.0.1") + "; true")
    assert "Can't contact LDAP server" in stranger.stderr, "le certificat devrait être refusé sous un autre nom"


@pytest.mark.parametrize("purge", ["handler", "portal"])
def test_purges_try_again_when_the_database_comes_back_after_them(host: Host, purge: str) -> None:
    """Les purges de LemonLDAP::NG lancées au démarrage recommencent si la base n'est pas encore là."""
    unit = f"liblemonldap-ng-{purge}-perl.service"
    assert host.check_output(f"systemctl show --property=Restart --value {unit}") == "on-failure"


def test_passwords_are_stored_as_argon2(host: Host, base: str) -> None:
    """Aucun mot de passe n'est lisible dans l'annuaire : tous sont hachés avec Argon2id."""
    for branch in ("agents", "usagers"):
        listing = host.check_output(f"{LDAP} -b ou={branch},{base} '(userPassword=*)' userPassword")
        stored = [line.partition(":: ")[2] for line in listing.splitlines() if line.startswith("userPassword")]
        for value in stored:
            assert base64.b64decode(value).startswith(b"{ARGON2}$argon2id$"), branch


def test_a_new_password_is_hashed_and_opens_the_account(
    host: Host, variables: dict[str, Any], base: str, somebody: Somebody
) -> None:
    """Un mot de passe qui arrive en clair est haché par l'annuaire."""
    name, password = somebody("usagers")
    entry = f"uid={name},ou=usagers,{base}"
    stored = host.check_output(f"{LDAP} -b {entry} -s base userPassword").partition("userPassword:: ")[2]
    assert base64.b64decode(stored.split()[0]).startswith(b"{ARGON2}$argon2id$")
    directory = f"ldaps://{variables['gru_fqdn']}"
    known = host.run(f"printf %%s %s | ldapwhoami -x -H {directory} -D {entry} -y /dev/stdin", password)
    assert known.rc == 0, known.stderr


def test_groups_exist_for_each_service(host: Host, base: str) -> None:
    """Les groupes d'agents existent, un pour chaque service de la ville au moins."""
    listing = host.check_output(f"{LDAP} -b ou=groupes,{base} '(objectClass=groupOfNames)' cn")
    names = {line.removeprefix("cn: ") for line in listing.splitlines() if line.startswith("cn: ")}
    assert {"agents", "editeurs", "supervision"} <= names
    assert any(name.startswith("service-") for name in names)


def test_one_address_belongs_to_one_person(host: Host, base: str) -> None:
    """L'annuaire refuse deux comptes avec la même adresse e-mail, agents et habitants confondus."""
    listing = host.check_output(f"{LDAP} -b ou=agents,{base} '(mail=*)' mail")
    addresses = [line.removeprefix("mail: ") for line in listing.splitlines() if line.startswith("mail: ")]
    if not addresses:
        pytest.skip("aucun agent dans l'annuaire")
    entry = (
        f"dn: uid=controle-doublon,ou=usagers,{base}\\nobjectClass: inetOrgPerson\\nuid: controle-doublon\\n"
        f"cn: Doublon\\nsn: Doublon\\nmail: {addresses[0]}\\n"
    )
    refused = host.run(f"printf '{entry}' | ldapadd -Q -Y EXTERNAL -H ldapi:///")
    try:
        assert refused.rc == 19, f"un doublon de {addresses[0]} a été accepté : {refused.stdout}{refused.stderr}"
    finally:
        host.run(f"ldapdelete -Q -Y EXTERNAL -H ldapi:/// uid=controle-doublon,ou=usagers,{base}")


def test_portal_account_cannot_touch_agents(host: Host, base: str) -> None:
    """Le compte technique du portail crée et modifie des habitants, mais ne peut rien sur les agents."""
    listing = host.check_output(f"{LDAP} -b ou=agents,{base} -s one dn")
    agents = [line.removeprefix("dn: ") for line in listing.splitlines() if line.startswith("dn: ")]
    portal = f"cn=portail,ou=techniques,{base}"
    configuration = host.check_output("sed -n 's/^SLAPD_CONF=\"\\(.*\\)\"$/\\1/p' /etc/default/slapd")
    for agent in agents[:1]:
        checks = host.run(
            f"slapacl -F {configuration} -D '{portal}' -b '{agent}' userPassword/write cn/write mail/read"
        ).stderr
        assert "write access to userPassword: DENIED" in checks, checks
        assert "write access to cn: DENIED" in checks, checks
        assert "read access to mail: ALLOWED" in checks, checks
    resident = f"uid=quelqu-un,ou=usagers,{base}"
    checks = host.run(f"slapacl -F {configuration} -u -D '{portal}' -b '{resident}' userPassword/read").stderr
    assert "read access to userPassword: DENIED" in checks, checks


def test_discovery_offers_the_code_flow_only(http: requests.Session, issuer: str) -> None:
    """Le fournisseur d'identité s'annonce correctement : code seulement, PKCE, pas de signature « none »."""
    told = http.get(f"{issuer}.well-known/openid-configuration", timeout=30).json()
    assert told["issuer"] == issuer
    assert told["response_types_supported"] == ["code"]
    assert set(told["grant_types_supported"]) == {"authorization_code", "refresh_token"}
    assert "S256" in told["code_challenge_methods_supported"]
    assert "none" not in told["id_token_signing_alg_values_supported"]
    assert all(value.startswith(issuer) for name, value in told.items() if name.endswith(("_endpoint", "jwks_uri")))
    keys = http.get(told["jwks_uri"], timeout=30).json()["keys"]
    assert [key["kty"] for key in keys] == ["RSA"]


def test_sign_in_page_is_french_and_wears_the_charter(
    http: requests.Session, issuer: str, variables: dict[str, Any]
) -> None:
    """La page de connexion est en français, porte la charte de la ville et n'exécute rien d'étranger."""
    page = ask_to_sign_in(http, issuer, variables)
    assert page.status_code == 200
    assert Form(page.text).language == "fr"
    assert variables["gru_town"]["name"] in page.text
    assert "/charte/charte.css" in page.text
    assert "LemonLDAP" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in page.headers
    cookies = [cookie for cookie in http.cookies if cookie.domain == urlsplit(issuer).hostname]
    assert all(cookie.secure and cookie.has_nonstandard_attr("HttpOnly") for cookie in cookies)


def test_a_wrong_password_is_refused_in_words(http: requests.Session, issuer: str, variables: dict[str, Any]) -> None:
    """Un mauvais mot de passe est refusé avec une phrase, sans dire si le compte existe."""
    # A name of its own: repeated checks must not lock anybody out.
    answer = sign_in(http, ask_to_sign_in(http, issuer, variables), f"absent-{secrets.token_hex(4)}", "faux")
    assert answer.status_code == 200
    assert "Adresse e-mail, identifiant ou mot de passe incorrect." in answer.text
    assert "connexion" not in http.cookies


@pytest.mark.parametrize(
    "changed", [{"code_challenge": None, "code_challenge_method": None}, {"response_type": "id_token"}]
)
def test_requests_without_pkce_or_for_other_flows_are_refused(
    http: requests.Session,
    issuer: str,
    variables: dict[str, Any],
    somebody: Somebody,
    changed: dict[str, str | None],
) -> None:
    """Une demande sans PKCE, ou pour un autre mode que le code, n'obtient rien, même d'une personne connectée."""
    assert sign_in(http, ask_to_sign_in(http, issuer, variables), *somebody("usagers")).is_redirect
    answer = ask_to_sign_in(http, issuer, variables, **changed)
    location = answer.headers.get("Location", "")
    assert "code=" not in location
    assert "id_token=" not in location
    assert not location or "error" in parse_qs(urlsplit(location).query or urlsplit(location).fragment)


def test_an_unknown_return_address_is_refused(
    http: requests.Session, issuer: str, variables: dict[str, Any], somebody: Somebody
) -> None:
    """Un code n'est jamais envoyé à une adresse qui n'a pas été déclarée."""
    sign_in(http, ask_to_sign_in(http, issuer, variables), *somebody("usagers"))
    answer = ask_to_sign_in(http, issuer, variables, redirect_uri="https://ailleurs.exemple/oidc/retour/")
    assert not answer.is_redirect
    assert answer.status_code in (200, 400, 403)
    assert "code=" not in answer.text


def test_a_resident_does_not_enter_the_agents_site(
    http: requests.Session, issuer: str, variables: dict[str, Any], somebody: Somebody
) -> None:
    """Un habitant connecté est arrêté devant le site des agents, avec une phrase."""
    answer = sign_in(http, ask_to_sign_in(http, issuer, variables, "agents"), *somebody("usagers"))
    assert not answer.is_redirect
    assert "pas accès à ce site" in answer.text


def test_an_agent_is_asked_for_a_second_factor(
    http: requests.Session, issuer: str, variables: dict[str, Any], somebody: Somebody
) -> None:
    """Un agent n'obtient rien avec son seul mot de passe : une deuxième vérification lui est demandée."""
    answer = sign_in(http, ask_to_sign_in(http, issuer, variables, "agents"), *somebody("agents", "agents"))
    assert not answer.is_redirect
    assert "Double vérification" in answer.text or "Code de vérification" in answer.text
