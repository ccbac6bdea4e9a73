"""`gru rotate`: a secret changes with nobody refused, is finished when cut short; what cannot is refused by name.

The hosts are of paper: each knows the values that the vault held when its function was last applied, one host after the
other. Whoever presents a secret must be taken by whoever checks it, after each host, whatever was cut and where.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from infra import authority_change, configuration
from infra.cli import cli
from infra.inventory import save_inventory
from infra.journal import operations
from infra.model import load_site
from infra.model.site import Function
from infra.rotation import course, memory, proofs, told
from infra.rotation.catalogue import ALL, BY_NAME, EVERYWHERE, YEAR_DAYS, Kept
from infra.rotation.course import Course, refuse
from infra.secret_store import DATES, FORMER_AUTHORITY, ensure_secrets, keep_all, keep_secret, read_secrets
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack
from tests.infra.site_file import LOCAL

TODAY = datetime.now(UTC).date()
CHANGED = [one for one in ALL if one.change and one.change.make]
QUIET = [one for one in CHANGED if one.change and not one.change.outage]
BY_HAND = [one for one in ALL if not one.change]
INVENTORY: dict[str, Any] = {
    "all": {
        "vars": {"gru_backups": {"kind": "host"}},
        "hosts": {f"{function}{rank}": {} for function in Function for rank in (1, 2)},
        "children": {str(function): {"hosts": {f"{function}{rank}": {} for rank in (1, 2)}} for function in Function},
    }
}
BOTH_ARE_TAKEN = ("django", "jwks", "returns")
"""Ways in which whoever checks a secret takes both of its values."""


class Cut(Exception):
    """The run ends here, as if it were killed."""


@dataclass
class Paper:
    """What each host was last given of every secret: its value, and the other one that is good."""

    stack: Stack
    known: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    applied: list[str] = field(default_factory=list)
    cut_at: int = -1
    writes: int = -1

    def deploy(self) -> None:
        for host in INVENTORY["all"]["hosts"]:
            self._give(host)

    def apply(self, _stack: Stack, runbook: str, _log: Path, *, variables: dict[str, str]) -> None:
        """What `run_runbook` does: one host after the other; cut between both at the application `cut_at`."""
        assert runbook == "upgrade"
        function = variables["upgrade_function"]
        self.applied.append(function)
        for rank in (1, 2):
            if rank == 2 and len(self.applied) - 1 == self.cut_at:
                raise Cut
            self._give(f"{function}{rank}")
            self.nobody_is_refused()

    def keep(self, stack: Stack, content: dict[str, str]) -> None:
        """What `keep_all` does; cut before the write number `writes`."""
        if self.writes == 0:
            raise Cut
        self.writes -= 1
        keep_all(stack, content)

    def nobody_is_refused(self) -> None:
        for kept in QUIET:
            for client, value_or_values in self._presented(kept):
                for checker, taken in self._taken(kept):
                    assert taken & value_or_values, f"{kept.name} : {client} est refusé par {checker}"

    def prove(self, _inventory: object, kept: Kept, new: str, former: str, *, former_is_good: bool) -> None:
        for host, taken in self._taken(kept):
            shown = {value for value in taken if value} if self._way(kept) != "jwks" else self._published(host, kept)
            assert new in shown, (kept.name, host)
            assert (former in shown) is former_is_good, (kept.name, host)

    def _give(self, host: str) -> None:
        content = read_secrets(self.stack)
        self.known[host] = {
            one.name: (content[one.fields[0]], content.get(one.fields[0] + memory.OTHER, "")) for one in CHANGED
        }

    @staticmethod
    def _way(kept: Kept) -> str:
        return kept.change.proof.way if kept.change and kept.change.proof else ""

    def _published(self, host: str, kept: Kept) -> set[str]:
        """Names under which the host publishes its keys, were it given both halves."""
        content = read_secrets(self.stack)
        pairs = [tuple(content.get(name + end, "") for name in kept.fields) for end in ("", "_other", "_former")]
        return {
            proofs.value_to_show(kept, pair) for pair in pairs if pair[0] and pair[0] in self.known[host][kept.name]
        }

    def _presented(self, kept: Kept) -> Iterator[tuple[str, set[str]]]:
        """Who presents it, with the values that it tries. A site signs with one; its clients try both."""
        way = self._way(kept)
        assert kept.change is not None
        functions = kept.change.switch if way in BOTH_ARE_TAKEN else kept.change.learn
        for host in self._hosts(functions):
            value, other = self.known[host][kept.name]
            yield host, {value} if way in BOTH_ARE_TAKEN else {value, other} - {""}

    def _taken(self, kept: Kept) -> Iterator[tuple[str, set[str]]]:
        way = self._way(kept)
        assert kept.change is not None
        functions = kept.change.learn if way in BOTH_ARE_TAKEN else kept.change.switch
        for host in self._hosts(functions):
            value, other = self.known[host][kept.name]
            yield host, {value, other} - {""} if way in BOTH_ARE_TAKEN else {value}

    @staticmethod
    def _hosts(functions: tuple[str, ...]) -> list[str]:
        return [f"{function}{rank}" for function in functions for rank in (1, 2)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """Secrets and passphrase of the local site: drawn once, for the keys take a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRU_STATE_DIRECTORY", str(tmp_path_factory.mktemp("etat")))
        patch.delenv("GRU_PASSPHRASE_FILE", raising=False)
        stack = Stack("local")
        stack.prepare()
        ensure_secrets(stack, load_site(LOCAL))
        return stack.secrets_file.read_bytes(), stack.passphrase_file.read_bytes()


@pytest.fixture
def stack(made: tuple[bytes, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("GRU_PASSPHRASE_FILE", raising=False)
    found = Stack("local")
    found.prepare()
    found.secrets_file.write_bytes(made[0])
    found.passphrase_file.write_bytes(made[1])
    return found


@pytest.fixture
def paper(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Paper:
    hosts = Paper(stack)
    hosts.deploy()
    monkeypatch.setattr(course, "run_runbook", hosts.apply)
    monkeypatch.setattr(course, "keep_all", hosts.keep)
    monkeypatch.setattr(course.proofs, "prove", hosts.prove)
    return hosts


@pytest.fixture
def begin(stack: Stack) -> Callable[..., Course]:
    def make(today: date = TODAY) -> Course:
        return Course(stack, load_site(LOCAL), INVENTORY, lambda _: None, today)

    return make


def _end(stack: Stack, begin: Callable[..., Course], name: str) -> None:
    """Let the former value serve its time, then have it refused."""
    begin(TODAY + timedelta(days=60)).run([])
    content = read_secrets(stack)
    assert memory.running(content) == {}
    assert not [key for key in content if key.endswith((memory.OTHER, memory.FORMER)) and key != FORMER_AUTHORITY], name


@pytest.mark.parametrize("kept", CHANGED, ids=lambda one: one.name)
def test_it_changes_with_nobody_refused(kept: Kept, stack: Stack, paper: Paper, begin: Callable[..., Course]) -> None:
    """Its new value is taken, the former refused at the end; nothing else changes."""
    before = read_secrets(stack)
    begin().run([kept.name])
    _end(stack, begin, kept.name)
    after = read_secrets(stack)
    changed = {key for key in before if key != DATES and before[key] != after.get(key)}
    assert changed == set(kept.fields)
    assert set(before) == set(after)
    assert not {before[name] for name in kept.fields} & set(after.values()), "the former value is kept nowhere"
    assert paper.applied


@pytest.mark.parametrize("kept", CHANGED, ids=lambda one: one.name)
def test_cut_anywhere_it_is_finished_by_the_next_run(
    kept: Kept, stack: Stack, paper: Paper, begin: Callable[..., Course]
) -> None:
    """Between two hosts of any step, or just before any step is written down."""
    content, hosts = read_secrets(stack), {host: dict(known) for host, known in paper.known.items()}
    for where in ("cut_at", "writes"):
        for moment in range(20):
            keep_all(stack, content)
            paper.known, paper.applied = {host: dict(known) for host, known in hosts.items()}, []
            setattr(paper, where, moment)
            try:
                begin().run([kept.name])
            except Cut:
                ended = False
            else:
                ended = True
            paper.cut_at = paper.writes = -1
            paper.nobody_is_refused()
            if ended:
                break
            begin().run([kept.name] if memory.running(read_secrets(stack)) == {} else [])
            _end(stack, begin, kept.name)
            assert read_secrets(stack)[kept.fields[0]] != content[kept.fields[0]], (where, moment)
        assert ended
        assert moment >= 1, "it was cut at least once"


def test_gru_up_in_the_middle_refuses_nobody(stack: Stack, paper: Paper, begin: Callable[..., Course]) -> None:
    """Whatever the step that was reached, hosts given what the vault holds understand one another."""
    for moment in range(1, 6):
        paper.writes = moment
        with contextlib.suppress(Cut):
            begin().run([one.name for one in QUIET if not memory.running(read_secrets(stack))])
        paper.writes = -1
        for host in list(paper.known):
            paper._give(host)
            paper.nobody_is_refused()


def test_many_are_changed_in_as_many_steps_as_one(stack: Stack, paper: Paper, begin: Callable[..., Course]) -> None:
    """A host is restarted once for all that it must know, not once a secret."""
    begin().run([one.name for one in QUIET])
    assert max(paper.applied.count(function) for function in paper.applied) <= 3
    assert len(paper.applied) <= 3 * len(Function)
    _end(stack, begin, "tous")


def test_what_signed_stays_good_for_its_time_then_no_longer(
    stack: Stack, paper: Paper, begin: Callable[..., Course]
) -> None:
    """Sessions and links survive (Django's SECRET_KEY_FALLBACKS): the former key stays 31 days beside the new one."""
    former = read_secrets(stack)["django_portal"]
    first = begin()
    first.run(["django_portal"])
    assert first.done == []
    assert first.still_good == {"django_portal": (TODAY + timedelta(days=31)).isoformat()}
    assert read_secrets(stack)["django_portal" + memory.OTHER] == former
    assert memory.overdue(read_secrets(stack), TODAY + timedelta(days=30)) == []
    with pytest.raises(OperatorError, match="a déjà changé, et l'ancienne valeur reste bonne jusqu'au"):
        refuse(INVENTORY, read_secrets(stack), ["django_portal"], leaked=False)
    assert memory.overdue(read_secrets(stack), TODAY + timedelta(days=31)) == ["django_portal"]
    last = begin(TODAY + timedelta(days=31))
    last.run([])
    assert last.done == ["django_portal"]
    assert former not in read_secrets(stack).values()


def test_one_that_leaked_is_refused_at_once(stack: Stack, paper: Paper, begin: Callable[..., Course]) -> None:
    """The former, and the one that an earlier change had left good."""
    first = read_secrets(stack)["django_portal"]
    begin().run(["django_portal"])
    second = read_secrets(stack)["django_portal"]
    leak = begin()
    leak.run(["django_portal"], leaked=True)
    assert leak.done == ["django_portal", "django_portal"]
    assert not {first, second} & set(read_secrets(stack).values())
    assert all(known["django_portal"][1] == "" for host, known in paper.known.items() if host.startswith("portal"))


def test_one_that_leaked_while_it_changed_is_changed_again(
    stack: Stack, paper: Paper, begin: Callable[..., Course]
) -> None:
    """The value that was coming may be what leaked."""
    paper.writes = 2
    with pytest.raises(Cut):
        begin().run(["django_portal"])
    paper.writes = -1
    seen = {value for key, value in read_secrets(stack).items() if key.startswith("django_portal")}
    begin().run(["django_portal"], leaked=True)
    assert not seen & set(read_secrets(stack).values())
    assert memory.running(read_secrets(stack)) == {}


def test_a_host_that_does_not_take_the_new_value_stops_the_change(
    stack: Stack, paper: Paper, begin: Callable[..., Course], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The former is not refused before the new one was proved."""

    def refuse_it(*_: object, **__: object) -> None:
        raise OperatorError("la nouvelle valeur n'y est pas acceptée")

    monkeypatch.setattr(course.proofs, "prove", refuse_it)
    with pytest.raises(OperatorError):
        begin().run(["database_guichet_portal"])
    assert paper.applied == ["portal", "database"]
    assert memory.running(read_secrets(stack))["database_guichet_portal"].step == memory.SWITCHED
    monkeypatch.setattr(course.proofs, "prove", paper.prove)
    _end(stack, begin, "database_guichet_portal")


def test_the_authority_is_made_again_and_hosts_follow(
    stack: Stack, begin: Callable[..., Course], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut before hosts have followed, it is not made a second time."""
    run: list[tuple[str, bool]] = []

    def note(_stack: Stack, name: str, _log: Path, **_: Any) -> None:
        run.append((name, FORMER_AUTHORITY in read_secrets(stack)))
        if run == [("trust", True), ("deploy", True)]:
            raise OperatorError("un hôte ne répond pas")

    monkeypatch.setattr(course, "run_runbook", note)
    monkeypatch.setattr(authority_change, "run_runbook", note)
    first = read_secrets(stack)["ca_certificate"]
    with pytest.raises(OperatorError):
        begin().run(["ca"])
    second = read_secrets(stack)["ca_certificate"]
    assert second != first
    again = begin()
    again.run([])
    assert again.done == ["ca"]
    assert run[2:] == [("trust", True), ("deploy", True), ("trust", False)]
    assert read_secrets(stack)["ca_certificate"] == second
    assert stack.authority_file.read_text(encoding="utf-8") == second


# --- What is listed is what there is --------------------------------------------------------------

WIRING = SOURCE_DIRECTORY / "runbooks" / "group_vars"
SHARED_BY = {
    "django_site_returns_key": {"processing", "portal", "consultation"},
    "base_ca_key": set(),  # signs on the operator's machine (roles/base/tasks/certificate.yml)
    "base_former_authority": set(),  # a certificate: public
}
"""What all.yml gives, by the functions that take it; the rest there is the backup's."""
PUBLIC = {"oidc_signing_public_key", "backup_client_public_key", "backup_reader_public_key", "backup_server_public_key"}


def _wired() -> dict[str, set[str]]:
    """Functions that `runbooks/group_vars` give each entry of the vault."""
    import re

    found: dict[str, set[str]] = {}
    for path in sorted(WIRING.glob("*.yml")):
        for variable, text in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            for entry in re.findall(r"gru_secrets\.(\w+)", json.dumps(text)):
                takers = (
                    SHARED_BY.get(variable.removesuffix(memory.OTHER), {"backup"})
                    if path.stem == "all"
                    else {path.stem}
                )
                found.setdefault(entry.removesuffix(memory.OTHER), set()).update(takers)
    return found


def test_every_secret_that_hosts_are_given_is_listed_with_who_holds_it() -> None:
    """A role that is given one more, or a list that forgets one, is a fault here. The database keeps digests only."""
    listed = {entry: set(one.holders) for one in ALL for entry in one.fields}
    for entry, given in _wired().items():
        if entry in PUBLIC or entry == FORMER_AUTHORITY:
            continue
        takers = given - ({"database"} if entry.startswith("database_") else set())
        assert entry in listed, f"« {entry} » n'est pas dans infra/rotation/catalogue.py"
        assert takers <= listed[entry] or EVERYWHERE in listed[entry], entry
        # The repository and its clients, who have a pair each, share one line.
        shared = {"backup", "backup_repository"} if BY_NAME["backup_ssh"].fields.count(entry) else set()
        assert listed[entry] <= takers | shared, f"{entry} : {listed[entry]} ne le reçoivent pas tous"


def test_every_secret_of_the_vault_is_listed(stack: Stack) -> None:
    """Drawn or given: what `gru` keeps is named, once."""
    entries = [entry for one in ALL for entry in one.fields]
    assert len(entries) == len(set(entries))
    drawn = {entry for entry in read_secrets(stack) if entry != DATES and not entry.startswith("mail_dkim_key_")}
    assert drawn <= set(entries)


@pytest.mark.parametrize("kept", QUIET, ids=lambda one: one.name)
def test_what_presents_a_secret_is_given_both_values(kept: Kept) -> None:
    """The second is wired to the role of every function that is to know both."""
    assert kept.change is not None
    for function in kept.change.learn:
        texts = [(WIRING / f"{name}.yml").read_text(encoding="utf-8") for name in (function, "all")]
        for entry in kept.fields:
            assert any(f"gru_secrets.{entry}{memory.OTHER} | default('')" in text for text in texts), (function, entry)


@pytest.mark.parametrize("kept", BY_HAND, ids=lambda one: one.name)
def test_what_is_not_changed_is_refused_by_name_with_what_to_do(kept: Kept, stack: Stack) -> None:
    with pytest.raises(OperatorError) as refusal:
        refuse(INVENTORY, read_secrets(stack), [kept.name, "oidc_portal"], leaked=True)
    assert str(refusal.value).startswith("Rien n'a été touché.")
    assert f"« {kept.name} » ne se change pas ainsi : {kept.by_hand}" in str(refusal.value)
    assert "oidc_portal" not in str(refusal.value)


def test_what_serves_nothing_here_is_refused(stack: Stack) -> None:
    few = {"all": {**INVENTORY["all"], "children": {"portal": {"hosts": {"web": {}}}}}}
    with pytest.raises(OperatorError, match="ne sert pas ici : aucun hôte ne porte l'écoute"):
        refuse(few, read_secrets(stack), ["database_ecoute"], leaked=False)


# --- What is due ----------------------------------------------------------------------------------


def test_a_year_old_or_of_unknown_age_is_due(stack: Stack) -> None:
    functions = [str(function) for function in Function]
    content = read_secrets(stack)
    assert memory.due(content, functions, TODAY) == []
    assert told.told_due(content, INVENTORY, TODAY) == []
    later = TODAY + timedelta(days=YEAR_DAYS)
    quiet = [one.name for one in QUIET]
    assert memory.due(content, functions, later) == quiet
    (said,) = told.told_due(content, INVENTORY, later)
    assert said == f"Secrets à changer : {len(quiet)} (jusqu'à 365 j) ; « gru rotate --all-due », sans coupure"
    old = {key: value for key, value in content.items() if key != DATES}
    assert memory.due(old, functions, TODAY) == quiet
    assert "âge inconnu" in told.told_due(old, INVENTORY, TODAY)[0]
    assert "database_ecoute" not in memory.due(old, ["portal"], TODAY), "what serves nothing is not due"


def test_what_was_given_has_an_age(stack: Stack) -> None:
    keep_secret(stack, "mail_relay_password", "donné")
    assert memory.age_days(read_secrets(stack), BY_NAME["mail_relay_password"], TODAY) == 0


def test_what_is_to_finish_is_told(stack: Stack, paper: Paper, begin: Callable[..., Course]) -> None:
    paper.cut_at = 0
    with pytest.raises(Cut):
        begin().run(["oidc_portal"])
    assert told.told_due(read_secrets(stack), INVENTORY, TODAY) == [
        "Changement de secret à finir (oidc_portal) : « gru rotate »"
    ]


# --- The command ----------------------------------------------------------------------------------


@pytest.fixture
def platform(stack: Stack) -> Stack:
    save_inventory(stack.inventory_file, INVENTORY)
    return stack


def _gru(*words: str) -> Any:
    return CliRunner().invoke(cli, ["rotate", *words], prog_name="gru")


def test_the_list_says_who_has_access_and_no_value(platform: Stack) -> None:
    done = _gru("--list")
    assert done.exit_code == 0, done.output
    for one in ALL:
        assert one.name in done.output
        assert one.opens in done.output
        assert told.holders(one) in done.output
    content = read_secrets(platform)
    shown = json.loads(_gru("--list", "--json").output)
    assert [one["name"] for one in shown] == [one.name for one in ALL]
    secret = [value for name, value in content.items() if name not in (DATES, "ca_certificate")]
    assert not [value for value in secret if value in done.output + json.dumps(shown)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["inconnu"], "« inconnu » n'est le nom d'aucun secret"),
        (["backup_key"], "pgBackRest ne change pas la clé d'un dépôt"),
        (["oidc_portal"], "n'est pas entièrement installée"),
    ],
)
def test_what_is_refused_touches_nothing(platform: Stack, words: list[str], said: str) -> None:
    before = platform.secrets_file.read_bytes()
    done = _gru(*words)
    assert isinstance(done.exception, OperatorError)
    assert said in str(done.exception)
    assert platform.secrets_file.read_bytes() == before
    assert operations(platform) == []


def test_without_a_platform_nothing_is_changed(stack: Stack) -> None:
    done = _gru("oidc_portal")
    assert isinstance(done.exception, OperatorError)
    assert "n'est pas installée" in str(done.exception)


def test_a_wrong_passphrase_is_told(platform: Stack) -> None:
    platform.passphrase_file.write_text("autre", encoding="utf-8")
    for words in (["--list"], ["oidc_portal"]):
        done = _gru(*words)
        assert isinstance(done.exception, OperatorError)
        assert "n'ouvre pas" in str(done.exception)


@pytest.fixture
def well(platform: Stack, paper: Paper, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A platform in good health, at this release."""
    from infra.cli import rotate

    monkeypatch.setattr(rotate, "_refuse_another_release", lambda _: None)
    monkeypatch.setattr(rotate, "collect", lambda _: {"components": [{"name": "portail", "healthy": True}]})
    monkeypatch.setattr(rotate, "keep_site", lambda *_: None)
    return platform


def test_it_is_written_in_the_journal(well: Stack) -> None:
    done = _gru("oidc_portal", "database_guichet_portal")
    assert done.exit_code == 0, done.output
    (one,) = operations(well)
    assert (one.command, one.result) == ("gru rotate oidc_portal database_guichet_portal", "done")
    assert one.why == "changé, l'ancien refusé : oidc_portal, database_guichet_portal"


def test_what_bothers_people_is_told_and_asked(well: Stack) -> None:
    """How long, why; another name than the site's changes nothing."""
    before = well.secrets_file.read_bytes()
    done = _gru("ldap_idp", "--yes", "autre")
    assert isinstance(done.exception, OperatorError)
    assert "n'est pas le nom du site" in str(done.exception)
    assert "pendant quelques minutes" in done.stderr
    assert well.secrets_file.read_bytes() == before
    assert _gru("ldap_idp", "--yes", "local").exit_code == 0
    assert well.secrets_file.read_bytes() != before


def test_how_long_the_former_stays_good_is_told_and_its_end_is_asked(well: Stack) -> None:
    """At once only where it leaked, and then what is lost is agreed to."""
    assert _gru("oidc_signing", "--leaked", "--yes", "autre").exit_code != 0
    done = _gru("oidc_signing")
    assert done.exit_code == 0, done.output
    assert "l'ancien reste bon 1 jour, pour ce qu'il a signé." in done.stderr
    done = _gru("django_portal", "--leaked", "--yes", "local")
    assert "ce que l'ancien a signé (sessions, liens) ne vaut plus ; ce site ne pourra plus redire" in done.stderr
    assert "reste bon" not in done.stderr
    assert "django_portal" not in memory.running(read_secrets(well))


def test_nothing_to_do_is_said(well: Stack) -> None:
    for words in ([], ["--all-due"]):
        done = _gru(*words)
        assert done.exit_code == 0
        assert "Rien à finir" in done.stderr


def test_a_platform_that_is_ill_is_left_alone_unless_it_leaked(well: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    from infra.cli import rotate

    ill = {"components": [{"name": "slapd", "healthy": False, "why": "arrêté"}]}
    monkeypatch.setattr(rotate, "collect", lambda _: ill)
    done = _gru("oidc_portal")
    assert isinstance(done.exception, OperatorError)
    assert "slapd (arrêté)" in str(done.exception)
    assert _gru("oidc_portal", "--leaked").exit_code == 0


def test_an_unfinished_change_is_finished_by_the_bare_command(well: Stack, paper: Paper) -> None:
    paper.cut_at = 1
    assert isinstance(_gru("oidc_portal").exception, Cut)
    done = _gru()
    assert done.exit_code == 0, done.output
    assert "À finir d'abord : oidc_portal" in done.stderr
    assert [one.result for one in operations(well)] == ["done", "failed"]


def test_the_runbook_of_upgrades_is_what_changes_hosts() -> None:
    """One host at a time, with no visitor on it: its variable is the one that is given here."""
    text = (configuration.RUNBOOKS / "upgrade.yml").read_text(encoding="utf-8")
    assert "upgrade_function" in text
    assert "serial: 1" in text


def test_the_page_shows_who_has_access_as_the_command_does() -> None:
    page = (SOURCE_DIRECTORY / "runbooks" / "rotation.md").read_text(encoding="utf-8")
    assert "\n".join(told.table()) in page


@pytest.mark.parametrize("kept", ALL, ids=lambda one: one.name)
def test_the_page_says_what_to_do_when_it_leaked(kept: Kept) -> None:
    """One section names it."""
    page = (SOURCE_DIRECTORY / "runbooks" / "rotation.md").read_text(encoding="utf-8")
    titles = [line for line in page.splitlines() if line.startswith("### Si ")]
    assert any(f"`{kept.name}`" in title for title in titles), kept.name
