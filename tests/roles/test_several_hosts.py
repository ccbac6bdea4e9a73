"""From a site.yaml with two portal hosts to what the front and the monitoring are told, as Ansible renders it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.addressing import settled
from infra.configuration import RUNBOOKS
from infra.inventory import read_inventory, write_inventory
from infra.model import SiteError, load_site
from infra.model.site import OPTIONAL_FUNCTIONS, SINGLE_FUNCTIONS, Function
from infra.program import with_instances
from infra.remote import host_of, hosts_of
from infra.secret_store import ensure_secrets
from infra.site_plan import make_plan
from infra.state import SOURCE_DIRECTORY, Stack

LOCAL = SOURCE_DIRECTORY / "stacks" / "local"
SECOND = "  web2:\n    functions: [portal]\n  metier:\n"

# Host, role, template of it to render, variable to tell. The roles are named so that their defaults apply; of their
# tasks, only the check of what they are given (`meta/argument_specs.yml`) runs.
ASKED = (
    ("front", "proxy", "haproxy.cfg.j2", "proxy_limits_exempt"),
    ("veille", "monitoring", "prometheus.yml.j2", "monitoring_consultation"),
    ("db", "database", "postgresql.conf.j2", "database_roles"),
    ("sso", "idp", "connexion-site.conf.j2", "idp_accounts"),
)


class Rendering:
    """A stack that was never brought up: its inventory, and what Ansible renders from it."""

    def __init__(self, stack: Stack) -> None:
        self.inventory = read_inventory(stack)
        self._folder = stack.directory
        # Beside the plays, as beside runbooks/deploy.yml.
        (self._folder / "group_vars").symlink_to(RUNBOOKS / "group_vars")
        playbook = self._folder / "rendu.yml"
        playbook.write_text(json.dumps([self._play(*asked) for asked in ASKED]), encoding="utf-8")
        command = [
            *(str(Path(sys.executable).parent / "ansible-playbook"), "--inventory", str(stack.inventory_file)),
            *("--extra-vars", f"@{stack.secrets_file}", "--vault-password-file", str(stack.passphrase_file)),
            *("--tags", "rendu", str(playbook)),
        ]
        environment = os.environ | {"ANSIBLE_CONFIG": str(RUNBOOKS / "ansible.cfg")}
        run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert run.returncode == 0, run.stdout + run.stderr

    def _play(self, host: str, role: str, template: str, variable: str) -> dict[str, Any]:
        source = SOURCE_DIRECTORY / "roles" / role / "templates" / template
        destination = self._folder / template
        # What role base would have found: a server of 8 GiB.
        probe = {"base_probe": {"container": False, "memory_mb": 8192, "suite": "trixie", "packages": [], "units": []}}
        tasks = [
            {"ansible.builtin.template": {"src": str(source), "dest": str(destination), "mode": "0600"}},
            {
                "ansible.builtin.copy": {
                    "content": f"{{{{ {variable} | to_json }}}}",
                    "dest": str(self._folder / variable),
                    "mode": "0600",
                }
            },
        ]
        here = {"tags": ["rendu"], "vars": {"ansible_python_interpreter": sys.executable}}
        return {
            "hosts": host,
            "connection": "local",
            "vars": probe,
            "roles": [role],
            "post_tasks": [task | here for task in tasks],
        }

    def file(self, template: str) -> str:
        """What `template` gives."""
        return (self._folder / template).read_text(encoding="utf-8")

    def variable(self, name: str) -> Any:
        """What the role is told."""
        return json.loads(self.file(name))


def rendering(folder: Path, *changes: tuple[str, str]) -> Rendering:
    """The shipped site, changed, as far as the inventory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRU_SITES_DIRECTORY", str(folder / "sites"))
        patch.setenv("GRU_STATE_DIRECTORY", str(folder / "etat"))
        stack = Stack("ville")
        shutil.copytree(LOCAL, stack.site_directory)
        text = stack.site_file.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        stack.site_file.write_text(text, encoding="utf-8")
        stack.prepare()
        site = settled(load_site(stack.site_file), {})
        ensure_secrets(stack, site)
        plan = make_plan(stack.name, site, image="gru-base:essai", ssh_public_key="cle")
        write_inventory(stack, site, with_instances(plan, dict.fromkeys(site.hosts, "i")))
        return Rendering(stack)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    return rendering(tmp_path_factory.mktemp("un"))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    return rendering(tmp_path_factory.mktemp("deux"), ("  metier:\n", SECOND))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    """The portal moves to the identity provider's host; the database's has no limit of memory."""
    changes = (
        ("    functions: [idp]\n", "    functions: [portal, idp]\n"),
        ("  web:\n    functions: [portal]\n", ""),
        ("    memory_mb: 1024\n", ""),
    )
    return rendering(tmp_path_factory.mktemp("partage"), *changes)


def backend(configuration: str, name: str) -> list[str]:
    """Servers of a backend of HAProxy."""
    section = re.split(r"^(?=\S)", configuration.partition(f"\nbackend {name}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^    server \S+ (\S+)", section, flags=re.MULTILINE)


def targets(configuration: str, job: str) -> list[tuple[str, str, str]]:
    """(address, site, label) of each target of a job of Prometheus."""
    jobs = yaml.safe_load(configuration)["scrape_configs"]
    found = next(one for one in jobs if one["job_name"] == job)["static_configs"]
    return [
        (at, one["labels"].get("site", one["labels"].get("hote")), one["labels"]["nom"])
        for one in found
        for at in one["targets"]
    ]


def test_the_front_shares_visitors_among_both(two: Rendering) -> None:
    configuration = two.file("haproxy.cfg.j2")
    assert backend(configuration, "portal") == ["172.30.10.12:8000", "172.30.10.13:8000"]
    assert backend(configuration, "processing") == ["172.30.10.14:8001"]
    # Both ask for tokens on behalf of everybody who signs in.
    assert {"172.30.10.1/32", "172.30.10.12", "172.30.10.13"} <= set(two.variable("proxy_limits_exempt"))


def test_the_monitoring_reads_both_and_tells_them_apart(two: Rendering) -> None:
    configuration = two.file("prometheus.yml.j2")
    assert targets(configuration, "guichet") == [
        ("web.gru.test:8000", "portail", "Portail des démarches (web)"),
        ("web2.gru.test:8000", "portail", "Portail des démarches (web2)"),
        ("metier.gru.test:8001", "agents", "Site des agents"),
    ]
    assert ("web2.gru.test:9100", "web2", "Portail des démarches (web2)") in targets(configuration, "hotes")


def test_one_host_a_function_is_told_as_before(one: Rendering) -> None:
    assert backend(one.file("haproxy.cfg.j2"), "portal") == ["172.30.10.12:8000"]
    exempt = ["172.30.10.1/32", "172.30.10.12", "172.30.10.13", "172.30.10.17", "172.30.10.16"]
    assert one.variable("proxy_limits_exempt") == exempt
    assert targets(one.file("prometheus.yml.j2"), "guichet") == [
        ("web.gru.test:8000", "portail", "Portail des démarches"),
        ("metier.gru.test:8001", "agents", "Site des agents"),
    ]
    ecoute = {"name": "ecoute", "label": "Consultation", "address": "ecouter.gru.test", "port": 8002}
    assert one.variable("monitoring_consultation") == [ecoute]


def test_functions_that_share_a_host_keep_their_ports(shared: Rendering) -> None:
    configuration = shared.file("haproxy.cfg.j2")
    assert backend(configuration, "portal") == ["172.30.10.11:8000"]
    assert backend(configuration, "idp") == ["172.30.10.11:8082"]
    assert "listen 172.30.10.11:8082 ssl;" in shared.file("connexion-site.conf.j2")


def test_the_database_counts_on_the_memory_that_it_has(one: Rendering, shared: Rendering) -> None:
    """The limit of its container, else its server's own: all but an eighth where it is alone."""
    assert "# Memory: 1024 MiB" in one.file("postgresql.conf.j2")
    assert "# Memory: 7168 MiB" in shared.file("postgresql.conf.j2")


def test_a_shared_host_is_called_by_its_name(shared: Rendering) -> None:
    configuration = shared.file("prometheus.yml.j2")
    assert ("sso.gru.test:9100", "sso", "Serveur sso") in targets(configuration, "hotes")
    assert ("sso.gru.test:8000", "portail", "Portail des démarches") in targets(configuration, "guichet")


@pytest.mark.parametrize("hosts", ["one", "two"])
def test_the_database_lets_every_thread_of_the_portal_in(hosts: str, request: pytest.FixtureRequest) -> None:
    roles = request.getfixturevalue(hosts).variable("database_roles")
    portal = next(role for role in roles if role["name"] == "guichet_portal")
    assert portal["connections"] == 40, "eight threads a host: forty is enough for two"


def test_the_directory_s_people_have_the_site_s_domain(one: Rendering) -> None:
    alice = next(account for account in one.variable("idp_accounts") if account["uid"] == "alice.martin")
    assert alice["mail"] == "alice.martin@gru.test"
    assert alice["password"].startswith("Mairie-")
    assert "supervision" in alice["groups"]


def test_hosts_of_a_function_come_in_the_site_s_order(two: Rendering) -> None:
    assert hosts_of(two.inventory, "portal") == ["web", "web2"]
    assert host_of(two.inventory, "portal") == "web"
    assert host_of(two.inventory, "database") == "db"
    told = two.inventory["all"]["vars"]["gru_function_hosts"]
    assert told["database"] == "db.gru.test"
    assert "portal" not in told, "who needs the portal's host must say which one"


@pytest.mark.parametrize("function", sorted(SINGLE_FUNCTIONS))
def test_a_single_function_on_two_hosts_is_refused_with_its_reason(tmp_path: Path, function: Function) -> None:
    text = (LOCAL / "site.yaml").read_text(encoding="utf-8")
    path = tmp_path / "site.yaml"
    path.write_text(text.replace("  metier:\n", f"  double:\n    functions: [{function.value}]\n  metier:\n"), "utf-8")
    with pytest.raises(SiteError) as refusal:
        load_site(path)
    assert f"la fonction {function.value} est portée par plusieurs hôtes" in str(refusal.value)
    assert SINGLE_FUNCTIONS[function] in str(refusal.value)
    assert re.search(r"ligne \d+ : hosts\.\w+\.functions : ", str(refusal.value))


def test_functions_of_several_hosts_are_those_that_keep_nothing() -> None:
    """Who takes a function out of the table must have read its role: this list changes with it."""
    assert set(Function) - set(SINGLE_FUNCTIONS) == {Function.PORTAL}
    assert set(Function) >= OPTIONAL_FUNCTIONS


@pytest.mark.parametrize("role", ["portal", "django_site"])
def test_each_host_of_the_portal_does_all_for_itself(role: str) -> None:
    """No host waits for the database's release, or runs it, on behalf of another: the second does as the first."""
    tasks = "".join(path.read_text(encoding="utf-8") for path in (SOURCE_DIRECTORY / "roles" / role).rglob("*.yml"))
    assert not re.search(r"\b(run_once|delegate_to|throttle|groups|inventory_hostname)\b", tasks)
    if role == "django_site":
        activate = yaml.safe_load((SOURCE_DIRECTORY / "roles" / role / "tasks" / "activate.yml").read_text("utf-8"))
        waits, makes_current = activate[0], activate[1]
        assert "socle.marques" in waits["ansible.builtin.command"]["cmd"]
        assert "django_site_source.release" in waits["until"]
        assert "current" in makes_current["gru_files"]["files"]
