"""Checks of role `database`."""

from __future__ import annotations

from typing import Any

import pytest
from testinfra.host import Host

from tests.stack.places import read_inside

ROOT = "/usr/local/share/ca-certificates/gru-autorite-locale.crt"


@pytest.fixture
def host(host_of: Any) -> Host:
    """The database's host."""
    return host_of("database")


@pytest.fixture
def variables(variables_of: Any) -> dict[str, Any]:
    """Its variables."""
    return variables_of("database")


def ask(host: Host, query: str, database: str = "postgres") -> str:
    """What the superuser is answered, one line a row."""
    return host.check_output("psql -U postgres -XAt -d %s -c %s", database, query)


def refusal(host: Host, variables: dict[str, Any], role: str, database: str, tls: str) -> str:
    """What a client that knows no password is told."""
    place = f"host={variables['gru_fqdn']} user={role} dbname={database} sslmode={tls} sslrootcert={ROOT}"
    result = host.run("psql --no-password -XAt -d %s -c 'select 1'", place)
    assert result.rc != 0
    return result.stderr


def test_clients_see_the_right_certificate_and_must_know_a_password(host: Host, variables: dict[str, Any]) -> None:
    """La base de données se présente avec le certificat du site et demande un mot de passe."""
    assert "no password supplied" in refusal(host, variables, "guichet_portal", "guichet", "verify-full")


def test_clear_text_is_refused(host: Host, variables: dict[str, Any]) -> None:
    """La base de données refuse une connexion qui n'est pas chiffrée."""
    assert "no encryption" in refusal(host, variables, "guichet_portal", "guichet", "disable")


def test_a_brick_enters_only_its_own_database(host: Host, variables: dict[str, Any]) -> None:
    """Une brique n'entre que dans sa propre base."""
    assert "no pg_hba.conf entry" in refusal(host, variables, "guichet_portal", "lemonldap", "verify-full")
    assert "no pg_hba.conf entry" in refusal(host, variables, "lemonldap", "guichet", "verify-full")
    # The consultation and the requests know nothing of each other.
    consulted = "consultation" in variables["gru_function_hosts"]
    for stranger in ("guichet_portal", "guichet_processing", "guichet_owner", "lemonldap"):
        assert "no pg_hba.conf entry" in refusal(host, variables, stranger, "ecoute", "verify-full")
    for own in ("ecoute", "ecoute_owner"):
        assert "no pg_hba.conf entry" in refusal(host, variables, own, "guichet", "verify-full")
    query = (
        "select d.datname, r.rolname from pg_database d, pg_roles r where r.rolcanlogin and not r.rolsuper"
        " and r.rolname <> 'prometheus' and d.datname in ('ecoute', 'guichet', 'lemonldap')"
        " and has_database_privilege(r.oid, d.oid, 'CONNECT') order by 1, 2"
    )
    assert ask(host, query).split() == [
        *(["ecoute|ecoute", "ecoute|ecoute_owner"] if consulted else []),
        "guichet|guichet_owner",
        "guichet|guichet_portal",
        "guichet|guichet_processing",
        "lemonldap|lemonldap",
    ]


def test_roles_hold_no_power(host: Host) -> None:
    """Aucun rôle des briques n'a de pouvoir sur le serveur, et tous les mots de passe sont en scram."""
    query = "select rolname from pg_authid where (rolsuper or rolcreatedb or rolcreaterole or rolreplication)"
    assert ask(host, query) == "postgres"
    query = "select rolname from pg_authid where rolcanlogin and rolpassword not like 'SCRAM-SHA-256$%'"
    assert ask(host, query) == ""


def test_connections_are_shared_out(host: Host) -> None:
    """La somme des connexions promises aux briques tient dans ce que le serveur accepte."""
    query = (
        "select sum(rolconnlimit) filter (where rolconnlimit > 0) <="
        " current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
        " from pg_roles"
    )
    assert ask(host, query) == "t"


def test_french_order(host: Host) -> None:
    """Les textes se trient comme un lecteur français l'attend : accents et casse ne séparent pas les mots."""
    query = "select string_agg(t, ' ' order by t) from (values ('Zoo'), ('École'), ('eau'), ('Été')) as v(t)"
    assert ask(host, query, "guichet") == "eau École Été Zoo"


def test_corruption_would_be_seen(host: Host) -> None:
    """Les pages de données portent une somme de contrôle."""
    assert ask(host, "show data_checksums") == "on"


def test_figures(host: Host, variables: dict[str, Any]) -> None:
    """Les mesures de la base de données sont lisibles par la supervision."""
    lines = read_inside(host, f"https://{variables['gru_fqdn']}:9187/metrics").splitlines()
    assert "pg_up 1" in lines
    assert [line for line in lines if line.startswith("pg_scrape_collector_success") and line.endswith(" 0")] == []


def test_statements_are_counted_without_passwords(host: Host) -> None:
    """Les requêtes sont comptées, sans garder celles qui portent un mot de passe."""
    assert int(ask(host, "select count(*) from pg_stat_statements")) > 0
    assert ask(host, "select count(*) from pg_stat_statements where query ilike '%password ''%'") == "0"
