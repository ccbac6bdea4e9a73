"""The site's own authority follows the site: told before anything changes, made again, trusted without a breach."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from infra import authority_change
from infra.authority import domains_of, make_authority, permitted, why_not
from infra.authority_change import both_trusted, planned_change
from infra.model import Site, load_site
from infra.secret_store import FORMER_AUTHORITY, ensure_secrets, read_secrets
from infra.state import OperatorError, Stack
from tests.infra.site_file import LOCAL, changed


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """The local site's, with its secrets made."""
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("GRU_PASSPHRASE_FILE", raising=False)
    made = Stack("local")
    made.prepare()
    ensure_secrets(made, load_site(LOCAL))
    return made


@pytest.fixture
def moved(tmp_path: Path) -> Site:
    """The local site, under another domain."""
    return load_site(changed(tmp_path, ("domain: gru.test", "domain: admiville.example")))


def test_another_domain_is_told_and_nothing_is_touched(stack: Stack, moved: Site) -> None:
    """What preview says; the authority stays until `gru up`."""
    before = read_secrets(stack)
    assert planned_change(stack, load_site(LOCAL)) is None
    told = planned_change(stack, moved)
    assert told is not None
    assert "elle ne vaut que pour gru.test, et le site demande admiville.example" in told
    assert f"{stack.authority_file} est à réimporter dans les navigateurs" in told
    ensure_secrets(stack, moved)
    assert read_secrets(stack) == before


def test_another_domain_has_another_authority(stack: Stack, moved: Site) -> None:
    """The former one is remembered for as long as hosts need it; its key is forgotten."""
    before = read_secrets(stack)
    assert ensure_secrets(stack, moved, renew_authority=True)
    after = read_secrets(stack)
    assert after["ca_key"] != before["ca_key"]
    assert before["ca_key"] not in after.values()
    assert after[FORMER_AUTHORITY] == before["ca_certificate"]
    assert stack.authority_file.read_text(encoding="utf-8") == after["ca_certificate"]
    assert permitted(x509.load_pem_x509_certificate(after["ca_certificate"].encode())) == ["admiville.example"]
    assert planned_change(stack, moved) is None
    assert not ensure_secrets(stack, moved, renew_authority=True)


def test_changed_twice_before_hosts_followed(stack: Stack, moved: Site) -> None:
    """Both former authorities are trusted: some hosts still show what the first signed."""
    first = read_secrets(stack)["ca_certificate"]
    ensure_secrets(stack, moved, renew_authority=True)
    second = read_secrets(stack)["ca_certificate"]
    ensure_secrets(stack, load_site(LOCAL), renew_authority=True)
    assert read_secrets(stack)[FORMER_AUTHORITY] == second + first


def test_a_public_name_elsewhere_is_vouched_for(stack: Stack, tmp_path: Path) -> None:
    """Else the front's certificate would be refused: its names are under the constraint too."""
    site = load_site(
        changed(tmp_path, ("domain: gru.test", "domain: gru.test\nnames: {portal: demarches.example.org}"))
    )
    assert domains_of(site) == ["gru.test", "demarches.example.org"]
    assert why_not(read_secrets(stack)["ca_certificate"], site) is not None
    _, certificate = make_authority("Admiville", domains_of(site))
    assert why_not(certificate, site) is None


def test_an_authority_near_its_end_is_made_again(stack: Stack) -> None:
    """Before it ends, and early enough for the hosts' certificates to end first."""
    certificate = read_secrets(stack)["ca_certificate"]
    end = x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc
    site = load_site(LOCAL)
    assert why_not(certificate, site, end - datetime.timedelta(days=428)) is None
    assert "avant les certificats" in (why_not(certificate, site, end - datetime.timedelta(days=426)) or "")


@pytest.fixture
def runbooks(monkeypatch: pytest.MonkeyPatch, stack: Stack) -> list[tuple[str, bool]]:
    """Runbooks that were run, each with whether hosts were then told of the former authority."""
    run: list[tuple[str, bool]] = []

    def note(_stack: Stack, name: str, _log: Path, **_: Any) -> None:
        run.append((name, FORMER_AUTHORITY in read_secrets(stack)))

    monkeypatch.setattr(authority_change, "run_runbook", note)
    return run


def test_hosts_trust_both_while_it_changes(stack: Stack, moved: Site, runbooks: list[tuple[str, bool]]) -> None:
    """Every host before any has its new certificate, and until all have."""
    ensure_secrets(stack, moved, renew_authority=True)
    with both_trusted(stack, stack.log_directory / "trust.log"):
        assert runbooks == [("trust", True)]
    assert runbooks == [("trust", True), ("trust", False)]
    with both_trusted(stack, stack.log_directory / "trust.log"):
        pass
    assert len(runbooks) == 2, "nothing to do where nothing changed"


def test_an_interrupted_change_is_taken_up(stack: Stack, moved: Site, runbooks: list[tuple[str, bool]]) -> None:
    """A host that fails leaves the former authority trusted, for the next run to end."""
    ensure_secrets(stack, moved, renew_authority=True)

    def fail() -> None:
        with both_trusted(stack, stack.log_directory / "trust.log"):
            raise OperatorError("un hôte ne répond pas")

    with pytest.raises(OperatorError):
        fail()
    assert runbooks == [("trust", True)]
    assert FORMER_AUTHORITY in read_secrets(stack)
