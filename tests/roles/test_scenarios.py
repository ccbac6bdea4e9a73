"""Every role has a way to be tried alone, which stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.model.site import Function
from tests.roles.converge import chosen
from tests.roles.scenario import read, roles, touches

ROOT = Path(__file__).resolve().parents[2]


def test_every_role_has_a_scenario() -> None:
    """A role without one is never seen alone; a scenario without a role is dead."""
    assert roles() == sorted(path.name for path in (ROOT / "roles").iterdir() if (path / "tasks").is_dir())


@pytest.mark.parametrize("role", roles())
def test_a_scenario_names_what_exists(role: str) -> None:
    """Functions are the site's, neighbours are explained, and the checks are there."""
    scenario = read(role)
    for function in (scenario.function, *scenario.neighbours):
        Function(function)
    assert bool(scenario.neighbours) == bool(scenario.why)
    assert scenario.verify
    for path in (*scenario.verify, *scenario.without, *(path for step in scenario.then for path in step.verify)):
        file, _, test = path.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in text, path


def test_a_change_touches_the_roles_whose_files_it_holds() -> None:
    """The role's folder, its wiring, its scenario."""
    assert touches("mail", ["roles/mail/tasks/main.yml"])
    assert touches("mail", ["runbooks/group_vars/mail.yml"])
    assert touches("mail", ["tests/roles/scenarios/mail.yml"])
    assert touches("base", ["runbooks/group_vars/all.yml"])
    assert not touches("mail", ["roles/mailing/tasks/main.yml", "runbooks/group_vars/all.yml", "guichet/mail.py"])


def test_roles_on_the_same_hosts_are_proved_together() -> None:
    """`base` is under `mail`: one host proves both."""
    (both,) = chosen(["base", "mail"])
    assert both.role == "base, mail"
    assert both.verify == ("tests/stack/test_base.py", "tests/stack/test_mail.py")
    assert {name for one in chosen(["all"]) for name in one.role.split(", ")} == set(roles())
