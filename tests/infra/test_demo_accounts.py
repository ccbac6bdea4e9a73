"""People of a demonstration: one list, for the directory and for the operator."""

from __future__ import annotations

from pathlib import Path

import yaml

from infra.demo_accounts import PEOPLE, accounts, presented
from infra.model import load_site
from tests.infra.site_file import LOCAL, changed


def test_the_operator_is_told_the_addresses_of_the_directory(tmp_path: Path) -> None:
    site = load_site(changed(tmp_path, ("domain: gru.test", "domain: admiville.example")))
    mails = [account["mail"] for account in accounts(site)]
    assert "alice.martin@admiville.example" in mails
    assert [line.split()[0] for line in presented(site)] == mails


def test_nobody_is_told_of_a_site_that_is_not_there(tmp_path: Path) -> None:
    site = load_site(changed(tmp_path, ("  ecouter:\n    functions: [consultation]\n", "")))
    assert not any("fanny.moreau" in line for line in presented(site))
    assert presented(site)


def test_a_site_without_demonstration_has_nobody(tmp_path: Path) -> None:
    site = load_site(changed(tmp_path, ("demo_accounts: true", "demo_accounts: false")))
    assert accounts(site) == presented(site) == []


def test_services_of_the_people_are_the_shipped_site_s() -> None:
    services = yaml.safe_load((LOCAL.parent / "services.yaml").read_text(encoding="utf-8"))["services"]
    known = {f"service-{service['slug']}" for service in services}
    assert {group for person in PEOPLE for group in person.groups if group.startswith("service-")} <= known
