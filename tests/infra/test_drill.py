"""`gru restore --drill`, its pure parts: what the copy is made from, what differs, what is kept and when it is due."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from infra.cli.restore import restore
from infra.drill import copied, proof
from infra.drill.comparison import Comparison, compare_databases, compare_dated
from infra.drill.proof import Proof
from infra.model import Site, load_site
from infra.model.site import Function
from infra.site_plan import make_plan
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack

SITES = [SOURCE_DIRECTORY / "stacks" / name for name in ("local", "admiville")]


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "etat"))
    made = Stack("admiville")
    made.prepare()
    made.passphrase_file.write_text("phrase", encoding="utf-8")
    made.secrets_file.write_text("secrets", encoding="utf-8")
    return made


@pytest.mark.parametrize("folder", SITES, ids=lambda path: path.name)
def test_a_copy_sends_nothing_and_carries_all(folder: Path, tmp_path: Path) -> None:
    """One host of this machine, every function but the repository; mails kept, nothing saved, no certificate."""
    content = yaml.safe_load((folder / "site.yaml").read_text(encoding="utf-8"))
    content["mail"]["relay"] = "relais.exemple.fr:587"
    content["certificate"] = {"kind": "acme", "email": "a@exemple.fr"}
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(copied.turned(content, "ville-exercice")), encoding="utf-8")
    source, copy = load_site(folder / "site.yaml"), load_site(path)
    wanted = {function for host in source.hosts.values() for function in host.functions}
    assert set(copy.hosts[copied.HOST].functions) == wanted - {Function.BACKUP_REPOSITORY}
    assert (copy.backup, copy.mail.sink, copy.mail.relay, copy.certificate.public) == (None, True, None, False)
    assert copy.public_names() == source.public_names()
    assert not copy.target.capabilities.hosted
    plan = make_plan("ville-exercice", copy, image="x", ssh_public_key="cle")
    assert all(port.address.startswith("127.") for host in plan.hosts for port in host.publish)


def archive(tmp_path: Path, files: dict[str, bytes]) -> Path:
    path = tmp_path / "site.tar.gz"
    with tarfile.open(path, "w:gz") as content:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            content.addfile(entry, io.BytesIO(text))
    return path


def test_the_copy_is_made_of_what_the_backup_holds(stack: Stack, tmp_path: Path) -> None:
    """Its folder and its secrets, neither the source's own."""
    copy = copied.copy_of(stack)
    site = copied.begin(copy, stack)
    text = stack.site_file.read_bytes()
    kept = archive(tmp_path, {"site/site.yaml": text, "site/mot": b"ecrit", "etat/secrets.yml": b"sauves"})
    assert copied.take(copy, kept, site).domain == site.domain
    assert (copy.site_directory / "mot").read_text(encoding="utf-8") == "ecrit"
    assert copy.secrets_file.read_text(encoding="utf-8") == "sauves"
    assert stack.secrets_file.read_text(encoding="utf-8") == "secrets"
    assert copy.site_directory.is_relative_to(copy.directory)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"site/site.yaml": b"x"}, "n'a pas son site.yaml et ses secrets"),
        ({"../ailleurs": b"x"}, "ne s'ouvre pas"),
        ({}, "n'a pas son site.yaml"),
    ],
)
def test_an_archive_that_is_not_whole_is_refused(
    stack: Stack, tmp_path: Path, files: dict[str, bytes], words: str
) -> None:
    copy = copied.copy_of(stack)
    site = copied.begin(copy, stack)
    with pytest.raises(OperatorError, match=words):
        copied.take(copy, archive(tmp_path, files), site)


def test_a_site_that_changed_since_its_backup_is_told(stack: Stack, tmp_path: Path) -> None:
    copy = copied.copy_of(stack)
    site: Site = copied.begin(copy, stack)
    text = stack.site_file.read_text(encoding="utf-8").replace("domain: admiville.example", "domain: ancien.example")
    with pytest.raises(OperatorError, match=r"site\.yaml n'est plus celui qui a été sauvegardé"):
        copied.take(copy, archive(tmp_path, {"site/site.yaml": text.encode(), "etat/secrets.yml": b"s"}), site)


def database(tables: dict[str, list[str]], **samples: str) -> dict[str, Any]:
    return {"tables": tables, "samples": samples}


def test_two_databases_that_are_the_same_have_nothing_to_say() -> None:
    one = database({"guichet.public.a": ["3", "12"], "guichet.public.b": ["0", "0"]}, r1="x", r2="y")
    found = Comparison()
    compare_databases(one, one, found)
    assert found.differences == []
    assert found.same == {"tables": 2, "lignes": 3, "demandes": 2}


def test_each_difference_is_a_line() -> None:
    source = database({"a": ["3", "12"], "b": ["5", "1"], "c": ["1", "1"], "e": ["1", "1"]}, r1="x", r2="y")
    copy = database({"a": ["3", "13"], "b": ["4", "1"], "d": ["1", "1"], "e": ["1", "1"]}, r1="x", r3="z")
    found = Comparison()
    compare_databases(source, copy, found)
    assert found.differences == [
        "table a : autant de lignes (3), mais pas le même contenu",
        "table b : 5 lignes à la source, 4 sur la copie",
        "table c : n'existe qu'à la source",
        "table d : n'existe que sur la copie",
        "demandes prises en exemple : r2, r3 ne sont pas les mêmes",
    ]
    assert found.same["tables"] == 1


def test_what_changed_since_its_backup_is_not_compared() -> None:
    """And said; what did not change must be there, and the same."""
    source = {"un": ["x", 10], "deux": ["y", 10], "trois": ["z", 10], "neuf": ["n", 200]}
    copy = {"un": ["x", 5], "deux": ["autre", 5], "parti": ["p", 5]}
    found = Comparison()
    compare_dated("annuaire", source, copy, 100, found)
    assert found.differences == ["annuaire : manquent sur la copie trois", "annuaire : ne sont pas les mêmes deux"]
    assert found.notes == [
        "annuaire : 1 de plus récents que la sauvegarde, non comparés",
        "annuaire : 1 retirés de la source depuis la sauvegarde",
    ]
    assert found.same == {"annuaire": 1}


def test_a_proof_is_kept_and_told(stack: Stack) -> None:
    began = 1796043900
    assert "Aucune restauration n'a été essayée" in proof.due(stack)
    proof.keep(stack, Proof(began, "zoe@mairie", ended=True, recovery_time=605, recovery_point=41))
    told = "Exercice du 30/11/2026 14:05:00 : réussi, en service en 10 min 05 s, point de reprise à 41 s."
    assert proof.due(stack, began + 86400) == told
    assert proof.due(stack, began + 32 * 86400) == told + " Il a plus d'un mois : lancez « gru restore --drill »."
    proof.keep(stack, Proof(began + 10, "zoe@mairie", ended=True, differences=["table a : …"]))
    assert "la copie diffère (1 écarts) : lisez runbooks/sauvegarde.md" in proof.due(stack, began + 20)
    proof.keep(stack, Proof(began + 20, "zoe@mairie"))
    assert "pas allé au bout" in proof.due(stack, began + 30)
    with (stack.directory / "exercices.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"began": 1')
    assert len(proof.proofs(stack)) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--drill", "--to", "2026-11-30 14:05"], "« --drill » va seul"),
        (["--drill", "--brick", "idp"], "« --drill » va seul"),
        ([], "Dites à quel moment revenir"),
    ],
)
def test_a_drill_brings_nothing_back(words: list[str], said: str) -> None:
    done = CliRunner().invoke(restore, words)
    assert done.exit_code == 2
    assert said in done.output
