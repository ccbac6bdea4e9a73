"""Accounts of load tests: only where nobody real would be written to, and kept from other eyes."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.state import OperatorError
from loadtests.accounts import agent_entries, make, resident_entry
from loadtests.people import AgentAccount, People
from loadtests.targets import Target


def test_a_platform_that_sends_its_mails_gets_no_invented_persons(tmp_path: Path) -> None:
    """Before anything is asked of a host."""
    target = Target("ville", "stack", {"portal": "https://portail.ville.example"}, sink=False)
    with pytest.raises(OperatorError, match=r"mail\.sink"):
        make({}, target, tmp_path / "comptes.json", residents=1, agents=0, tell=lambda _: None)


def test_accounts_are_kept_for_their_owner_only(tmp_path: Path) -> None:
    """The file holds passwords: mode 0600; and it comes back as it was."""
    path = tmp_path / "comptes.json"
    people = People("charge.gru.test", "secret", 3, [AgentAccount("charge-agent-00", "ABC")])
    people.write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert People.read(path) == people


def test_persons_are_drawn_from_the_seed() -> None:
    """Always one of those that exist, the same for the same seed."""
    people = People("charge.gru.test", "secret", 7)
    assert {people.resident(seed).number for seed in range(100)} == set(range(7))
    assert people.resident(12).login == "charge-000005"


def test_entries_name_a_person_and_their_groups() -> None:
    """LDIF as the directory's own tests write it."""
    person = People("charge.gru.test", "secret", 1).resident(0)
    entry = resident_entry(person, "dc=gru,dc=test", "userPassword:: aGFjaMOp")
    assert entry.startswith("dn: uid=charge-000000,ou=usagers,dc=gru,dc=test\nobjectClass: inetOrgPerson\n")
    assert entry.endswith("\nuserPassword:: aGFjaMOp")
    made = list(agent_entries("a", "x.test", "dc=gru,dc=test", "userPassword:: aA==", ["agents", "service-voirie"]))
    assert len(made) == 3
    assert "member: uid=a,ou=agents,dc=gru,dc=test" in made[2]
    assert made[2].startswith("dn: cn=service-voirie,ou=groupes,")
