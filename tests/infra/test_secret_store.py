"""Secrets are made once, unreadable without the passphrase, and never in the inventory."""

from __future__ import annotations

import stat

import pytest
from cryptography import x509

from infra.inventory import write_inventory
from infra.model import load_site
from infra.secret_store import ensure_secrets, read_secrets
from infra.site_plan import make_plan
from infra.state import OperatorError, Stack


@pytest.fixture
def stack(tmp_path, monkeypatch) -> Stack:
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("GRU_PASSPHRASE_FILE", raising=False)
    made = Stack("local")
    made.prepare()
    return made


def test_secrets_are_generated_once(stack: Stack) -> None:
    site = load_site(stack.site_file)
    assert ensure_secrets(stack, site) is True
    first = read_secrets(stack)
    assert ensure_secrets(stack, site) is False
    assert read_secrets(stack) == first
    assert len(set(first.values())) == len(first)


def test_nothing_secret_is_readable_in_the_state(stack: Stack) -> None:
    site = load_site(stack.site_file)
    ensure_secrets(stack, site)
    write_inventory(stack, site, make_plan("local", site, image="x", ssh_public_key="k").inventory())
    secrets = read_secrets(stack)
    public = {"ca_certificate", "oidc_signing_public_key"}
    for path in stack.directory.rglob("*"):
        if path.is_file():
            content = path.read_text(encoding="utf-8")
            assert not [name for name, value in secrets.items() if name not in public and value in content], path
            if path not in (stack.inventory_file,):
                assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_wrong_or_missing_passphrase_is_told(stack: Stack) -> None:
    site = load_site(stack.site_file)
    ensure_secrets(stack, site)
    stack.passphrase_file.write_text("autre", encoding="utf-8")
    with pytest.raises(OperatorError, match="n'ouvre pas"):
        read_secrets(stack)
    stack.passphrase_file.unlink()
    with pytest.raises(OperatorError, match="phrase secrète du site est introuvable"):
        ensure_secrets(stack, site)


def test_authority_can_only_vouch_for_the_site_s_domain(stack: Stack) -> None:
    ensure_secrets(stack, load_site(stack.site_file))
    root = x509.load_pem_x509_certificate(stack.authority_file.read_bytes())
    constraints = root.extensions.get_extension_for_class(x509.NameConstraints).value
    assert [name.value for name in constraints.permitted_subtrees or []] == ["gru.test"]
