"""Whoever uses the host's certificate is told when it changes, and says what goes wrong in words."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path for path in (ROOT / "roles").iterdir() if (path / "tasks").is_dir())
# `base` makes the certificate; its own script tells monitoring.
USED = ("/etc/ssl/gru/host.", "/etc/ssl/gru/public.")
SETTINGS = {"directory": "https://ca.example/dir", "names": ["portail.example"]}


def text_of(role: Path) -> str:
    """All that a role holds, less what only describes it."""
    found = [
        path for path in role.rglob("*") if path.is_file() and path.suffix in (".yml", ".j2", ".ini", ".cfg", ".sh")
    ]
    return "".join(path.read_text(encoding="utf-8") for path in found if path.parent.name != "meta")


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_who_uses_the_certificate_is_told_when_it_changes(role: Path) -> None:
    """A service reads its certificate once: without a script in certificate.d it would show an old one."""
    text = text_of(role)
    if any(path in text for path in USED):
        assert "/etc/gru/certificate.d/" in text


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_no_script_is_written_in_an_expression(role: Path) -> None:
    """Ansible doubles the backslashes of expressions: the script's lines would be one, and nothing would run it."""
    for path in [*role.glob("tasks/*.yml"), *role.glob("vars/*.yml"), *role.glob("defaults/*.yml")]:
        for expression in re.findall(r"\{\{.*?\}\}", path.read_text(encoding="utf-8"), flags=re.DOTALL):
            assert "#!/bin/sh" not in expression, path


def test_the_services_that_use_it_are_known() -> None:
    """The test above would pass if no role said where the certificate is."""
    users = {role.name for role in ROLES if any(path in text_of(role) for path in USED)}
    assert {"base", "database", "idp", "mail", "proxy"} <= users


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """The host's own program, read here."""
    path = ROOT / "roles" / "proxy" / "files" / "public-certificate.py"
    spec = importlib.util.spec_from_file_location("public_certificate", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def about(name: str, kind: str, detail: str) -> str:
    """What certbot writes of a name that it could not prove."""
    return (
        "Certbot failed to authenticate some domains (authenticator: standalone). The Certificate Authority reported"
        f" these problems:\n  Domain: {name}\n  Type:   {kind}\n  Detail: {detail}\n\nHint: …\n\nSome challenges have"
        " failed.\n"
    )


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (
            about("portail.example", "dns", "NXDOMAIN looking up A"),
            "portail.example ne se trouve pas dans le DNS public",
        ),
        (about("portail.example", "connection", "Timeout during connect"), "portail.example sur le port 80"),
        (about("portail.example", "unauthorized", "Invalid response 404"), "portail.example ne mène pas à ce frontal"),
        (about("portail.example", "caa", "CAA record prevents issuance"), "l'enregistrement CAA de portail.example"),
        (about("portail.example", "unheard", "{odd} %s"), "portail.example : {odd} %s"),
        (
            "An unexpected error occurred:\nError creating new order :: too many certificates already issued for"
            ' "example". Retry after 2026-01-01',
            "l'autorité limite le nombre de demandes",
        ),
        (
            'An unexpected error occurred:\nError creating new order :: Cannot issue for "portail.gru.test": Domain'
            " name does not end with a valid public suffix (TLD)",
            "l'autorité refuse de certifier ces noms",
        ),
        (
            "An unexpected error occurred:\nrequests.exceptions.ConnectionError: HTTPSConnectionPool",
            "l'autorité ca.example ne répond pas",
        ),
        (
            "An unexpected error occurred:\nrequests.exceptions.SSLError: [SSL: CERTIFICATE_VERIFY_FAILED] Max retries",
            "le certificat de l'autorité ca.example n'est pas reconnu",
        ),
        ("Encountered error adding TXT record: The TSIG signature failed: BADKEY", "vérifiez server, key_name"),
        ("Received response from server: NOTAUTH", "le serveur DNS refuse la mise à jour"),
        ("Quelque chose d'autre\n\n", "Quelque chose d'autre"),
        ("", "certbot n'a pas dit pourquoi"),
    ],
)
def test_what_fails_is_said_in_words(program: Any, output: str, words: str) -> None:
    """What certbot and authorities write becomes what an operator can do."""
    assert words in program.in_words(output, SETTINGS)


def test_two_names_are_both_told(program: Any) -> None:
    """And the same thing once."""
    output = about("a.example", "dns", "NXDOMAIN") + about("b.example", "connection", "refused")
    told = program.in_words(output + about("a.example", "dns", "NXDOMAIN"), SETTINGS)
    assert told.count("a.example") == 1
    assert "b.example" in told


def test_a_certificate_that_nobody_was_told_of_is_told_by_the_next_run(
    program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut after the file was replaced: it does not differ any more, and the front still shows the former one."""
    told: list[str] = []
    lineage = tmp_path / "lineage"
    lineage.mkdir()
    (lineage / "fullchain.pem").write_text("chain\n")
    (lineage / "privkey.pem").write_text("key\n")
    served = tmp_path / "public.pem"
    served.write_text("former\n")
    answer = tmp_path / "answer.json"
    answer.write_text("{}")
    monkeypatch.setattr(program, "SERVED", served)
    monkeypatch.setattr(program, "ANSWER", answer)
    monkeypatch.setattr(program, "_settings", lambda: SETTINGS)
    monkeypatch.setattr(program, "_lineage", lambda _settings: lineage)
    monkeypatch.setattr(program, "_remember", lambda _settings, _reason: answer.write_text("{}"))

    def install(content: bytes) -> bool:
        differs: bool = served.read_bytes() != content
        served.write_bytes(content)
        return differs

    class Cut(Exception):
        """Where the power goes."""

    def run(words: list[str], **_options: Any) -> Any:
        if words[0].endswith("certbot"):
            return subprocess.CompletedProcess(words, 0, "")
        told.append(words[0])
        if len(told) == 1:
            raise Cut
        return subprocess.CompletedProcess(words, 0)

    monkeypatch.setattr(program, "_install", install)
    monkeypatch.setattr(program.subprocess, "run", run)
    with pytest.raises(Cut):
        program.obtain()
    assert program.obtain() == 0
    assert len(told) == 2
    assert program.obtain() == 0
    assert len(told) == 2, "everybody was told: nothing more to say"
