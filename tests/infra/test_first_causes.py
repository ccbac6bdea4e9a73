"""`gru verify` says first what explains the rest, in words: no name of a test, no Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.check_words import NOT_SEEN, in_words
from infra.first_causes import causes_of, first_causes
from infra.state import SOURCE_DIRECTORY
from infra.verification import Failure, Verdict, read_report

NOW = 1_800_000_000.0


@pytest.fixture
def inventory(tmp_path: Path) -> dict[str, Any]:
    """Two hosts at a port where nobody listens."""
    host = {"ansible_host": "127.0.0.1", "ansible_port": 1, "ansible_user": "root", "gru_functions": ["mail"]}
    return {
        "all": {
            "vars": {
                "ansible_ssh_private_key_file": str(tmp_path / "key"),
                "ansible_ssh_common_args": f"-o UserKnownHostsFile={tmp_path}/known",
                "gru_stack": "essai",
            },
            "hosts": {"db": {**host, "gru_fqdn": "db.essai"}, "web": {**host, "gru_fqdn": "web.essai"}},
            "children": {},
        }
    }


def test_a_host_that_does_not_answer_is_the_cause(inventory: dict[str, Any]) -> None:
    found = first_causes(inventory, NOW)
    assert len(found) == 2
    assert "db ne répond pas en SSH" in found[0]


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ("expired host.crt=2026-03-12", ["hôte db", "certificat a expiré le 12/03/2026", "« gru up » le refait"]),
        ("expired public.pem=2026-03-12", ["certificat public", "12/03/2026", "runbooks/certificats.md"]),
        ("masked postfix.service", ["postfix.service est masqué", "« gru up »"]),
        ("not-found postfix.service", ["n'est plus installé", "« gru up »"]),
        ("stopped postfix.service", ["postfix.service ne tourne pas", "gru ssh db"]),
        ("full /var/lib", ["disque est plein (/var/lib)"]),
        (f"clock {int(NOW) - 3600}", ["horloge retarde de 60 min"]),
        (f"clock {int(NOW) + 600}", ["horloge avance de 10 min"]),
    ],
)
def test_each_plain_fault_is_said_with_its_remedy(seen: str, words: list[str]) -> None:
    ((_, sentence),) = causes_of("db", seen, NOW)
    for word in words:
        assert word in sentence
    assert not sentence.endswith(".")


def test_a_sound_host_has_no_cause() -> None:
    assert list(causes_of("db", f"clock {int(NOW) + 3}\n", NOW)) == []


def test_what_explains_most_comes_first() -> None:
    seen = "clock 1\nstopped a.service\nexpired host.crt=2026-03-12\n"
    ranked = sorted(causes_of("db", seen, NOW))
    assert [word in sentence for word, (_, sentence) in zip(("horloge", "expiré", "a.service"), ranked, strict=True)]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            "AssertionError: assert 503 == 200\n +  where 503 = <Response [503]>.status_code",
            "répond 503 au lieu de 200",
        ),
        (
            "requests.exceptions.SSLError: HTTPSConnectionPool(host='x'): certificate verify failed: certificate has"
            " expired (_ssl.c:1000)",
            "le certificat présenté a expiré",
        ),
        ("requests.exceptions.ConnectionError: Connection refused", "la connexion est refusée"),
        (
            "AssertionError: Unexpected exit code 255 for CommandResult(command=b'true', exit_status=255, stdout=None,"
            " stderr=b'ssh: connect')",
            "l'hôte ne répond pas en SSH",
        ),
        (
            "AssertionError: Unexpected exit code 1 for CommandResult(backend=<x>, exit_status=1, _stdout=b'',"
            " _stderr=b'error 20\\nfile is absent\\n')",
            "a échoué : file is absent",
        ),
        ("AssertionError: il manque trois courriels\nassert 2 == 5", "il manque trois courriels"),
        ("AssertionError: assert 'mail.service' in []\n + ...", NOT_SEEN),
        ("KeyError: 'gru_fqdn'", NOT_SEEN),
        ("", NOT_SEEN),
    ],
)
def test_a_failure_is_told_without_python(message: str, words: str) -> None:
    told = in_words(message)
    assert words in told
    for sign in ("assert", "Error", "CommandResult", "<"):
        assert sign not in told


def test_what_fails_on_several_hosts_is_said_once() -> None:
    failures = tuple(Failure("Le certificat vaut.", "il a expiré", host) for host in ("web", "db"))
    told = Verdict(12, failures).lines()
    assert told[0] == "  ✗ Le certificat vaut. (db, web)"
    assert told[1] == "      il a expiré"
    assert told[2] == "  12 vérifications réussies, 2 en échec."


def test_the_cause_is_said_before_what_it_explains() -> None:
    told = Verdict(1, (Failure("Le portail répond.", "non"),), ("hôte db : son certificat a expiré",), "x.log").lines()
    assert told[0] == "  ! hôte db : son certificat a expiré."
    assert "  ✗ Le portail répond." in told[1:]
    assert "x.log" in told[-1]


def test_a_check_is_named_by_its_sentence_and_its_host(tmp_path: Path, inventory: dict[str, Any]) -> None:
    """By the very report that `gru verify` reads: two hosts that nobody answers for."""
    path, report = tmp_path / "inventory.json", tmp_path / "report.xml"
    path.write_text(json.dumps(inventory), encoding="utf-8")
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django"),
            *("--junitxml", str(report), "tests/stack/test_base.py::test_no_failed_unit"),
        ],
        cwd=SOURCE_DIRECTORY,
        env=os.environ | {"GRU_INVENTORY": str(path), "GRU_STACK": "essai"},
        capture_output=True,
        check=False,
    )
    verdict = read_report(report)
    assert [failure.host for failure in verdict.failures] == ["db", "web"]
    assert {failure.sentence for failure in verdict.failures} == {"Aucun service n'est en échec sur l'hôte."}
    assert {failure.reason for failure in verdict.failures} == {"l'hôte ne répond pas en SSH"}
