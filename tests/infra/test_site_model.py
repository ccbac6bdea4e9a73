"""A wrong site is refused in words, with the line, before anything is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.model import SiteError, load_site
from infra.model.loading import export_schema
from infra.model.site import Function
from infra.site_plan import make_plan
from infra.state import SOURCE_DIRECTORY
from tests.infra.site_file import LOCAL, changed


def line_of(path: Path, part: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1) if part in line)


def test_shipped_local_site_is_accepted() -> None:
    site = load_site(LOCAL)
    assert site.public_names()["portal"] == "portail.gru.test"
    assert len(set(site.addresses().values())) == len(site.hosts)


@pytest.mark.parametrize(
    ("old", "new", "line_part", "words"),
    [
        ("hosts:", "hots:", "hots:", "Vouliez-vous dire « hosts » ?"),
        ("memory_mb: 1024", "memory_mb: beaucoup", "beaucoup", "il faut un nombre entier"),
        ("functions: [idp]", "functions: [idb]", "[idb]", "« idb » n'est pas permis"),
        ("kind: docker", "kind: doker", "target:", "« doker » n'est pas une cible"),
        ("172.30.10.0/24", "172.30.10", "network:", "il faut un réseau comme"),
        ("127.0.10.1", "192.0.2.1", "publish_address", "adresse de bouclage"),
        ("domain: gru.test", "domain: 'gru test'", "domain:", "n'est pas un nom de domaine"),
        ("functions: [monitoring,", "functions: [proxy,", "hosts:", "aucun hôte ne porte la fonction monitoring"),
        ("sink: true", "sink: 7", "sink:", "il faut true ou false"),
        ("[mail, franceconnect_simulator]", "[mail]", "hosts:", "demande un hôte avec la fonction"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, old: str, new: str, line_part: str, words: str) -> None:
    path = changed(tmp_path, (old, new))
    with pytest.raises(SiteError) as refusal:
        load_site(path)
    told = [line for line in str(refusal.value).splitlines() if words in line]
    assert told, str(refusal.value)
    assert f"ligne {line_of(path, line_part)} " in told[0]


def test_a_site_may_leave_the_consultation_out(tmp_path: Path) -> None:
    site = load_site(changed(tmp_path, ("  ecouter:\n    functions: [consultation]\n", "")))
    assert site.hosts_of(Function.CONSULTATION) == []
    plan = make_plan("essai", site, image="image", ssh_public_key="cle")
    assert not [host for host in plan.hosts if "consultation" in host.functions]


def test_what_the_consultation_keeps_outlives_its_host() -> None:
    plan = make_plan("essai", load_site(LOCAL), image="image", ssh_public_key="cle")
    host = next(host for host in plan.hosts if "consultation" in host.functions)
    assert [data.path for data in host.data] == ["/var/lib/consultation"]


def test_the_consultation_host_cannot_take_its_public_name(tmp_path: Path) -> None:
    path = changed(tmp_path, ("  ecouter:\n", "  ecoute:\n"))
    with pytest.raises(SiteError, match="donnez-lui un autre nom"):
        load_site(path)


def test_two_hosts_with_one_name_are_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, ("  sso:\n", "  db:\n"))
    with pytest.raises(SiteError, match="ligne 25 : « db » est écrit deux fois"):
        load_site(path)


def test_function_carried_twice_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, ("functions: [idp]", "functions: [idp, database]"))
    with pytest.raises(SiteError, match="database est portée par plusieurs hôtes"):
        load_site(path)


def test_function_written_twice_on_a_host_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, ("functions: [portal]", "functions: [portal, portal]"))
    with pytest.raises(SiteError, match=r"hosts\.web\.functions : la fonction portal est écrite deux fois"):
        load_site(path)


def test_function_that_may_be_carried_twice_is_accepted(tmp_path: Path) -> None:
    path = changed(tmp_path, ("  metier:\n", "  web2:\n    functions: [portal]\n  metier:\n"))
    assert load_site(path).hosts_of(Function.PORTAL) == ["web", "web2"]


def test_host_named_like_a_public_name_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, ("  metier:\n", "  agents:\n"))
    with pytest.raises(SiteError, match=r"aurait le nom public agents\.gru\.test"):
        load_site(path)


def test_same_address_twice_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, ("functions: [idp]", "functions: [idp]\n    address: 172.30.10.10"))
    with pytest.raises(SiteError, match="ont la même adresse"):
        load_site(path)


def test_missing_file_and_broken_yaml_are_told(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="n'existe pas"):
        load_site(tmp_path / "absent.yaml")
    broken = tmp_path / "site.yaml"
    broken.write_text("version: 1\n  domain: [", encoding="utf-8")
    with pytest.raises(SiteError, match="ce n'est pas du YAML lisible"):
        load_site(broken)


def test_existing_servers_must_give_their_address(tmp_path: Path) -> None:
    path = changed(tmp_path, ("kind: docker", "kind: existing"))
    path.write_text(path.read_text().replace("  publish_address: 127.0.10.1\n", ""), encoding="utf-8")
    with pytest.raises(SiteError, match="doit donner son adresse"):
        load_site(path)


def test_schema_shipped_is_the_model_s(tmp_path: Path) -> None:
    export_schema(tmp_path / "schema.json")
    shipped = SOURCE_DIRECTORY / "stacks" / "site.schema.json"
    assert json.loads((tmp_path / "schema.json").read_text()) == json.loads(shipped.read_text()), "gru schema"


def test_plan_publishes_the_proxy_and_ssh_on_loopback_only() -> None:
    plan = make_plan("local", load_site(LOCAL), image="gru-base:essai", ssh_public_key="ssh-ed25519 AAAA")
    assert {port.address for host in plan.hosts for port in host.publish} == {"127.0.10.1"}
    assert [h.name for h in plan.hosts if any(p.container_port == 443 for p in h.publish)] == ["front"]
    assert "portail.gru.test" in next(h for h in plan.hosts if h.name == "front").aliases
