"""The block `backup:` of a site, the moments that operators write, and what a restoration refuses before it begins."""

from __future__ import annotations

import io
import json
import tarfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from infra import backups
from infra.cli import backup as saving
from infra.cli import restore as restoring
from infra.journal import operations
from infra.model import SiteError, load_site
from infra.secret_store import BACKUP_KEY, ensure_secrets, read_secrets
from infra.state import OperatorError, Stack
from tests.infra.site_file import LOCAL

BLOCK = "backup:\n  kind: host\n  keep_days: 7\n"


def site(tmp_path: Path, block: str, *, repository: bool = True) -> Any:
    text = LOCAL.read_text(encoding="utf-8")
    assert BLOCK in text
    text = text.replace(BLOCK, block)
    if not repository:
        text = text.replace("[monitoring, backup_repository]", "[monitoring]")
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return load_site(path)


S3 = "backup:\n  kind: s3\n  endpoint: https://s3.exemple.fr/\n  bucket: ville\n"


def test_each_place_is_understood(tmp_path: Path) -> None:
    assert site(tmp_path, BLOCK).backup.keep_days == 7
    assert site(tmp_path, S3, repository=False).backup.endpoint == "https://s3.exemple.fr"
    assert site(tmp_path, "", repository=False).backup is None


@pytest.mark.parametrize(
    ("block", "repository", "said"),
    [
        (BLOCK, False, "backup.kind : « kind: host » demande un hôte avec la fonction backup_repository"),
        (S3, True, "functions : la fonction backup_repository n'est permise qu'avec « backup: {kind: host} »"),
        ("", True, "functions : la fonction backup_repository n'est permise qu'avec"),
        (BLOCK.replace("host", "bande"), True, "« bande » n'est pas permis ; choix possibles : host, s3"),
        ("backup:\n  hour: 2\n", True, "il manque « kind » ; choix possibles : host, s3"),
        (BLOCK + "  hour: 24\n", True, "backup.hour : 24 est hors limites (limite : 23)"),
        (BLOCK + "  keep_days: 0\n", True, "keep_days"),
        (BLOCK + "  bucket: ville\n", True, "« backup.bucket » ne vaut que pour la sauvegarde « s3 »"),
        (S3.replace("https", "http"), False, "n'est pas une adresse de service comme https://"),
        (S3 + "  prefix: /a/../b\n", False, "un dossier comme /gru"),
        (S3.replace("ville", "Ville!"), False, "n'est pas un nom de conteneur"),
    ],
)
def test_what_cannot_be_is_told_with_its_line(tmp_path: Path, block: str, repository: bool, said: str) -> None:
    with pytest.raises(SiteError) as refusal:
        site(tmp_path, block, repository=repository)
    assert said in str(refusal.value)
    assert "ligne" in str(refusal.value)


@pytest.mark.parametrize(
    "written",
    ["2026-11-30 14:05", "2026-11-30 14:05:00", "2026-11-30T14:05", "30/11/2026 14:05", "2026-11-30T13:05:00+00:00"],
)
def test_a_moment_is_read_in_paris(written: str) -> None:
    assert backups.moment(written) == 1796043900
    assert backups.said(1796043900) == "30/11/2026 14:05:00"


@pytest.mark.parametrize("written", ["hier", "2026-13-01 10:00", "14:05", "2026-11-30"])
def test_what_is_no_moment_is_refused(written: str) -> None:
    if written == "2026-11-30":
        written += "T"
    with pytest.raises(OperatorError, match="n'est pas un moment"):
        backups.moment(written)


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A site whose platform is up, as far as its inventory tells."""
    monkeypatch.setenv("GRU_SITES_DIRECTORY", str(tmp_path / "sites"))
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "etat"))
    folder = tmp_path / "sites" / "ville"
    folder.mkdir(parents=True)
    (folder / "site.yaml").write_text(LOCAL.read_text(encoding="utf-8"), encoding="utf-8")
    stack = Stack("ville")
    stack.prepare()
    ensure_secrets(stack, load_site(stack.site_file))
    children = {name: {"hosts": {f"h-{name}": {}}} for name in ("database", "idp", "consultation")}
    content = {"all": {"vars": {"gru_backups": {"kind": "host"}}, "hosts": {}, "children": children}}
    stack.inventory_file.write_text(json.dumps(content), encoding="utf-8")
    return stack


class Hosts:
    """Hosts that answer what they are told to, and remember what they are asked."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str]] = []

    def __call__(self, _inventory: Any, host: str, command: list[str], **_options: Any) -> str:
        self.asked.append((host, " ".join(command)))
        return json.dumps(self.answers.get(host, {"refusals": [], "notes": [], "from": {}}))


def run(stack: Stack, *words: str, typed: str = "") -> Any:
    return CliRunner().invoke(restoring.restore, [*words, "--stack", stack.name], input=typed)


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Runbooks that would be run."""
    played: list[str] = []
    monkeypatch.setattr(restoring, "run_runbook", lambda _, name, *_more, **_options: played.append(name))
    return played


def test_a_refusal_of_one_host_stops_everything(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, nothing_runs: list[str]
) -> None:
    said = "base : rien n'est sauvegardé avant le 30/11/2026"
    monkeypatch.setattr(backups, "run_remote", Hosts({"h-database": {"refusals": [said], "notes": [], "from": {}}}))
    done = run(stack, "--to", "2026-11-29 10:00", "--yes", "ville")
    assert isinstance(done.exception, OperatorError)
    assert str(done.exception).startswith("Rien n'a été touché.")
    assert said in str(done.exception)
    assert nothing_runs == []


ALL_WELL = {
    "h-database": {"refusals": [], "notes": [], "from": {"database": 1.0}},
    "h-idp": {"refusals": [], "notes": [], "from": {"idp": 1.0}},
    "h-consultation": {"refusals": [], "notes": [], "from": {"consultation": 1.0}},
}


@pytest.mark.parametrize(("words", "typed"), [(("--yes", "autre"), ""), ((), "autre\n")])
def test_another_site_s_name_confirms_nothing(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, nothing_runs: list[str], words: tuple[str, ...], typed: str
) -> None:
    monkeypatch.setattr(backups, "run_remote", Hosts(ALL_WELL))
    done = run(stack, "--to", "2026-11-29 10:00", *words, typed=typed)
    assert "n'est pas le nom du site (ville)" in str(done.exception)
    assert nothing_runs == []


def test_one_brick_alone_is_asked_for(stack: Stack, monkeypatch: pytest.MonkeyPatch, nothing_runs: list[str]) -> None:
    hosts = Hosts(ALL_WELL)
    monkeypatch.setattr(backups, "run_remote", hosts)
    run(stack, "--to", "2026-11-29 10:00", "--brick", "idp", "--yes", "autre")
    assert {command.rpartition(" ")[2] for _, command in hosts.asked} == {"idp"}


def test_a_brick_that_the_site_does_not_carry_is_refused(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, nothing_runs: list[str]
) -> None:
    content = json.loads(stack.inventory_file.read_text(encoding="utf-8"))
    del content["all"]["children"]["consultation"]
    stack.inventory_file.write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setattr(backups, "run_remote", Hosts(ALL_WELL))
    done = run(stack, "--to", "2026-11-29 10:00", "--brick", "consultation", "--brick", "idp", "--yes", "ville")
    assert str(done.exception) == "Ce site ne porte pas « consultation » : rien n'a été touché. Il porte database, idp."
    assert nothing_runs == []


def test_what_came_back_is_named_and_the_journal_remembers(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, nothing_runs: list[str]
) -> None:
    monkeypatch.setattr(backups, "run_remote", Hosts(ALL_WELL))
    monkeypatch.setattr(restoring, "run_checks", lambda _: SimpleNamespace(failures=[]))
    monkeypatch.setattr(restoring, "tell", lambda _: None)
    done = run(stack, "--to", "2026-11-29 10:00", "--brick", "idp", "--yes", "ville")
    assert nothing_runs == ["restore", "deploy"]
    assert "Revenus au 29/11/2026 10:00:00" in done.output
    assert "annuaire des personnes. Ce qui y était" in done.output
    assert "base de données" not in done.output
    (last,) = operations(stack)
    assert (last.command, last.result) == ("gru restore --to '2026-11-29 10:00' --brick idp", "done")


def test_a_platform_without_backups_says_what_to_do(stack: Stack) -> None:
    content = json.loads(stack.inventory_file.read_text(encoding="utf-8"))
    content["all"]["vars"]["gru_backups"]["kind"] = None
    with pytest.raises(OperatorError, match="ajoutez un bloc « backup »"):
        backups.savers(content)


def test_what_is_old_or_absent_is_told(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    old = {"set": "database", "kind": "full", "time": time.time() - 30 * 3600, "size": 10}
    fresh = {"set": "idp", "kind": "copy", "time": time.time(), "size": 10}

    def answer(_: Any, host: str, command: list[str], *more: Any, seconds: float) -> str:
        return json.dumps([] if "check" in command else [old] if host == "h-database" else [fresh])

    monkeypatch.setattr(backups, "run_remote", answer)
    inventory = json.loads(stack.inventory_file.read_text(encoding="utf-8"))
    told = backups.problems(inventory)
    assert any("base de données » n'a pas été sauvegardé depuis" in one for one in told)
    assert any("documents de la consultation » n'a aucune sauvegarde" in one for one in told)
    assert not any("annuaire" in one for one in told)


def test_the_site_s_archive_holds_neither_passphrase_nor_key(stack: Stack) -> None:
    with tarfile.open(fileobj=io.BytesIO(backups.site_archive(stack))) as archive:
        names = archive.getnames()
    assert {"site/site.yaml", "etat/secrets.yml", "etat/inventory.json"} <= set(names)
    assert not [name for name in names if "passphrase" in name or "id_ed25519" in name]


def test_the_key_is_drawn_once(stack: Stack) -> None:
    drawn = read_secrets(stack)
    ensure_secrets(stack, load_site(stack.site_file))
    assert read_secrets(stack)[BACKUP_KEY] == drawn[BACKUP_KEY]
    assert len(drawn[BACKUP_KEY]) == 64
    assert drawn["backup_client_public_key"].startswith("ssh-ed25519 ")
    assert drawn["backup_client_key"] != drawn["backup_server_key"]


def test_the_key_is_spoken_of_until_it_was_written(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that failed before its end drew it too, and told nobody."""
    given = load_site(stack.site_file)
    for _ in range(2):
        saving.tell_to_keep_the_key(stack, given)
        assert "gru backup key --stack ville" in "".join(capsys.readouterr())
    saving.tell_to_keep_the_key(stack, given.model_copy(update={"backup": None}))
    assert "".join(capsys.readouterr()) == ""
    done = CliRunner().invoke(saving.backup, ["key", "--stack", "ville"], catch_exceptions=False)
    assert read_secrets(stack)[BACKUP_KEY] in done.stdout
    saving.tell_to_keep_the_key(stack, given)
    assert "".join(capsys.readouterr()) == ""


def test_a_hosted_platform_without_backup_is_doubtful(tmp_path: Path) -> None:
    stack = Stack("admiville")
    cloud = load_site(stack.site_file).model_copy(update={"backup": None})
    assert "rien n'est sauvegardé" in next(iter(backups.backup_doubts(stack, cloud)))
    assert list(backups.backup_doubts(stack, site(tmp_path, "", repository=False))) == []
