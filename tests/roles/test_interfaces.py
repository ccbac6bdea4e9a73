"""Roles say what they take, take what they say, and are given it in one place only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.inventory_variables import HostVariables, SiteVariables
from infra.model.site import Function

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if (path / "tasks").is_dir())
WIRING = sorted((ROOT / "runbooks" / "group_vars").glob("*.yml"))
# Names of ours that are no variable of the inventory: our module, and what names files and figures on hosts.
NOT_INVENTORY = {"gru_files", "gru_service"}


def read(path: Path) -> Any:
    """Content of a YAML file, `{}` when there is none."""
    return (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}


def options(role: str) -> dict[str, dict[str, Any]]:
    """Options of a role's main entry point."""
    specs = read(ROOT / "roles" / role / "meta" / "argument_specs.yml")
    assert specs, f"roles/{role}/meta/argument_specs.yml is missing"
    found: dict[str, dict[str, Any]] = specs["argument_specs"]["main"].get("options") or {}
    return found


def role_of(variable: str) -> str | None:
    """Role whose prefix a variable bears; the longest name wins."""
    return max((role for role in ROLES if variable.startswith(f"{role}_")), key=len, default=None)


def calls(role: str) -> dict[str, Any]:
    """What a role gives to `django_site`; `{}` when it does not call it."""
    for task in read(ROOT / "roles" / role / "tasks" / "main.yml"):
        if (task.get("ansible.builtin.include_role") or {}).get("name") == "django_site":
            given: dict[str, Any] = task["vars"]
            return given
    return {}


SITES = [role for role in ROLES if calls(role)]


def inventory_variables() -> set[str]:
    """Variables of the inventory that the wiring uses."""
    text = "".join(path.read_text(encoding="utf-8") for path in WIRING)
    return set(re.findall(r"\bgru_[a-z0-9_]+", text)) - NOT_INVENTORY


@pytest.mark.parametrize("role", ROLES)
def test_every_option_says_what_it_is(role: str) -> None:
    """Each option has the role's prefix, a type and a description."""
    for name, option in options(role).items():
        assert name.startswith(f"{role}_"), name
        assert option.get("type"), name
        assert option.get("description"), name


@pytest.mark.parametrize("role", ROLES)
def test_defaults_are_those_that_the_interface_announces(role: str) -> None:
    """defaults/main.yml and meta/argument_specs.yml agree; what is required has no default."""
    announced = options(role)
    defaults = read(ROOT / "roles" / role / "defaults" / "main.yml")
    for name, value in defaults.items():
        if name.startswith(f"{role}__"):
            continue  # derived, not to be set from outside
        assert name in announced, f"{name} has a default and is not announced"
        assert not announced[name].get("required"), f"{name} is required and has a default"
        assert announced[name].get("default") == value, f"{name}: two defaults"
    for name, option in announced.items():
        assert option.get("required") or name in defaults, f"{name} is neither required nor given a default"


@pytest.mark.parametrize("path", WIRING, ids=lambda path: path.stem)
def test_wiring_sets_only_what_roles_take(path: Path) -> None:
    """A variable that no role takes is a mistake: a misspelling would go unseen."""
    for name in read(path):
        role = role_of(name)
        if role and name.startswith(f"{role}__"):
            continue  # a step of the wiring itself
        assert role, f"{name} bears no role's prefix"
        assert name in options(role), f"role {role} does not take {name}"


@pytest.mark.parametrize("role", ROLES)
def test_wiring_gives_all_that_a_role_requires(role: str) -> None:
    """What a role requires is set for its function, or by the role that calls it."""
    given = set(read(ROOT / "runbooks" / "group_vars" / "all.yml"))
    given |= set(read(ROOT / "runbooks" / "group_vars" / f"{role}.yml"))
    missing = {name for name, option in options(role).items() if option.get("required")} - given
    callers = "".join(
        task.read_text(encoding="utf-8")
        for other in ROLES
        if other != role
        for task in (ROOT / "roles" / other / "tasks").glob("*.yml")
    )
    assert {name for name in missing if f"{name}:" not in callers} == set()


@pytest.mark.parametrize("role", ROLES)
def test_roles_do_not_read_the_inventory(role: str) -> None:
    """Only runbooks/group_vars knows gru_* variables: a role can be used, and tried, without this inventory."""
    forbidden = re.compile(rf"\b({'|'.join(sorted(inventory_variables(), key=len, reverse=True))})\b")
    for folder in ("tasks", "handlers", "templates", "defaults", "vars", "meta"):
        for path in (ROOT / "roles" / role / folder).rglob("*"):
            if path.is_file():
                found = forbidden.search(path.read_text(encoding="utf-8"))
                assert not found, f"{path.relative_to(ROOT)} reads {found and found[0]}"


def test_the_wiring_reads_what_the_inventory_gives() -> None:
    """Secrets come from the vault, all else from the inventory's description."""
    given = HostVariables.__annotations__.keys() | SiteVariables.__annotations__.keys() | {"gru_secrets"}
    assert inventory_variables() <= given


def test_hosts_are_called_after_functions_that_exist() -> None:
    labels = read(ROOT / "runbooks" / "group_vars" / "monitoring.yml")["monitoring__labels"]
    assert set(labels) <= set(Function)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "web_server"])  # announced by whose site it serves
def test_every_function_announces_what_it_runs(role: str) -> None:
    """`gru status` reads /etc/gru/components.d: each role, or the one that it calls, writes there."""
    files = [path for path in (ROOT / "roles" / role).rglob("*.yml") if path.is_file()]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    called = "name: django_site" in text
    assert called or "/etc/gru/components.d/" in text


@pytest.mark.parametrize("role", SITES)
def test_what_all_sites_share_is_asked_by_one_role(role: str) -> None:
    """What group_vars/all.yml gives to `django_site` is no option of its callers, nor given again by them."""
    common = {name for name in read(ROOT / "runbooks" / "group_vars" / "all.yml") if role_of(name) == "django_site"}
    assert common
    assert common & set(calls(role)) == set()
    asked = {name.removeprefix(f"{role}_") for name in options(role)}
    assert asked & {name.removeprefix("django_site_") for name in common} == set()


def test_no_value_is_wired_alike_for_every_site() -> None:
    """The same value wired for each site belongs to group_vars/all.yml: a new one must not be said three times."""
    alike = set.intersection(
        *(
            {
                (name.removeprefix(f"{role}_"), str(value))
                for name, value in read(ROOT / "runbooks" / "group_vars" / f"{role}.yml").items()
            }
            for role in SITES
        )
    )
    assert alike == set()


def test_no_site_writes_what_django_site_writes() -> None:
    """`SITE_*` variables are written by role `django_site` alone."""
    for role in SITES:
        for path in (ROOT / "roles" / role).rglob("*.yml"):
            assert "SITE_" not in path.read_text(encoding="utf-8"), path


def test_sites_read_what_django_site_writes() -> None:
    """Each SITE_* variable that the role writes is read, each that settings require is written, or given to prepare."""
    role = ROOT / "roles" / "django_site"
    written = {name for name in read(role / "vars" / "main.yml")["django_site__common"] if name.startswith("SITE_")}
    readers = [*(ROOT / "socle").glob("*.py"), *(ROOT / "guichet" / "configuration").rglob("*.py")]
    readers += (ROOT / "consultation" / "ecoute" / "settings").glob("*.py")
    known = set(re.findall(r'"(SITE_[A-Z_]+)"', "".join(path.read_text(encoding="utf-8") for path in readers)))
    assert written <= known
    settings = (ROOT / "socle" / "settings.py").read_text(encoding="utf-8")
    required = {"SITE_SECRET_KEY", *re.findall(r'"(\w+)"', settings.split("PLATEFORME = (")[1].split(")")[0])}
    assert len(required) > 5
    assert required <= written
    prepared = re.search(r"for name in ([A-Z_\\\s]+);", (role / "files" / "release.sh").read_text(encoding="utf-8"))
    assert prepared
    assert {f"SITE_{name}" for name in prepared[1].replace("\\", " ").split()} == required
