"""Two operators and a pipeline on one site: a state in a real S3 store (OpenStack Swift) or a real PostgreSQL."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from types import ModuleType

import click
import minio.time
import psycopg
import pytest
import yaml
from click.testing import CliRunner, Result

from infra import passphrase
from infra.cli import cli
from infra.model.loading import SiteError, load_state_location
from infra.model.state_location import HereState, PostgresqlState, S3State
from infra.shared_state import generations, lock, marks, moving, sealing, session
from infra.shared_state.generations import Overtaken
from infra.shared_state.lock import Claim, LockHeld
from infra.shared_state.memory import recall
from infra.shared_state.moving import move
from infra.shared_state.opening import Shared, open_store
from infra.shared_state.sealing import WrongPassphrase
from infra.shared_state.session import at_hand, open_sealed, working
from infra.shared_state.store import Store, StoreError, StoreSilent
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack
from tests.infra.operator_at_work import CHEAP
from tests.infra.shared_places import (
    STACK,
    Person,
    S3Place,
    database,
    keeps_its_word,
    postgresql,
    race,
    swift,
    write_site,
)

NUMBERS = count(1)
PEOPLE = ("marie", "pipeline")
PATIENCE = 180
"""Seconds after which a command that other suites slow down would be held for lost."""


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Place]:
    with swift(tmp_path_factory.mktemp("swift")) as place:
        yield place


@pytest.fixture(scope="module")
def socket() -> Iterator[Path]:
    with postgresql() as folder:
        database(folder, "etat")
        yield folder


@pytest.fixture(params=["s3", "postgresql"])
def location(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Shared:
    """An empty place in each kind of store."""
    name = f"etat{next(NUMBERS)}"
    if request.param == "postgresql":
        empty: PostgresqlState = request.getfixturevalue("in_database")
        return empty
    place: S3Place = request.getfixturevalue("s3")
    for key, value in place.environment().items():
        monkeypatch.setenv(key, value)
    return place.bucket(name)


@pytest.fixture
def in_database(socket: Path) -> PostgresqlState:
    """An empty place in the fastest of both, where which one does not matter."""
    with psycopg.connect(host=str(socket), dbname="etat", user="postgres", autocommit=True) as connection:
        connection.execute("drop table if exists gru_state")
    return PostgresqlState(kind="postgresql", host=str(socket), database="etat", user="postgres")


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Shared], Person]:
    """Someone with the site's folder and the passphrase, and nothing else."""
    monkeypatch.setattr(lock, "HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr(sealing, "SCRYPT_COST", CHEAP)
    monkeypatch.setattr(session, "SENDING_SECONDS", 0.0)
    (tmp_path / "phrase").write_text("phrase d'essai\n", encoding="utf-8")

    def make(name: str, location: Shared) -> Person:
        write_site(tmp_path / "sites", location)
        return Person(name, tmp_path, tmp_path / "sites", location)

    return make


def told(lines: list[str]) -> Callable[[str], None]:
    return lines.append


def gru(*words: str) -> Result:
    """A command of the person that this process is."""
    return CliRunner().invoke(cli, [*words, "--stack", STACK], catch_exceptions=False)


def put(stack: Stack, text: str) -> None:
    """A change of the state that any command could make."""
    stack.secrets_file.write_text(text, encoding="utf-8")


def begin(stack: Stack, location: Shared | HereState) -> None:
    """A command that changes nothing, for those that are refused before they begin."""
    with working(stack, location, "gru up", told([])):
        pass


def said_by(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


# ---- What a store must do


def test_a_store_keeps_what_it_is_given_and_never_replaces_what_must_be_new(location: Shared) -> None:
    keeps_its_word(location)


def test_swift_refuses_by_itself_a_second_writer_of_one_generation(
    s3: S3Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in s3.environment().items():
        monkeypatch.setenv(key, value)
    store = open_store(s3.bucket("conditions"), STACK)
    assert store.create("g", b"un")
    monkeypatch.setattr(type(store), "read", lambda *_: None)  # it did not look before
    assert not store.create("g", b"deux")


# ---- One at a time


def test_commands_that_race_lose_nothing(
    location: Shared, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    race([person(name, location) for name in PEOPLE], person("lecteur", location).become(monkeypatch))


def test_who_holds_the_state_is_named(
    in_database: PostgresqlState, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    marie, paul = person("marie", in_database), person("paul", in_database)
    at_work = marie.start("add hold")
    assert said_by(at_work) == "tenu"
    _, errors = (refused := paul.start("add")).communicate(timeout=PATIENCE)
    assert refused.returncode == 1
    assert "pris par marie@poste (gru essai, depuis le " in errors
    assert "Attendez qu'elle finisse" in errors
    paul.become(monkeypatch)
    with pytest.raises(OperatorError, match="travaille : l'état reste pris"):
        gru("state", "unlock", "--yes")
    shown = json.loads(gru("state", "show", "--json").stdout)
    assert shown["at_work"][0].startswith("marie@poste")
    at_work.communicate("\n", timeout=PATIENCE)
    assert at_work.returncode == 0


def test_a_killed_command_is_taken_over_on_its_machine_with_what_it_did(
    in_database: PostgresqlState, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    location = in_database
    marie = person("marie", location)
    killed = marie.start("add hold")
    assert said_by(killed) == "tenu"
    marie.file("ssh/known_hosts").write_text("hôte", encoding="utf-8")
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=PATIENCE)
    assert not [held for held in lock.holders(open_store(location, STACK)) if not lock.is_dead(held.claim)]
    again = marie.start("add")
    _, errors = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, errors
    assert "commande interrompue n'avait pas été envoyé tout entier : il est repris" in errors
    paul = person("paul", location).become(monkeypatch)
    at_hand(paul, location, told([]))
    assert paul.secrets_file.read_text(encoding="utf-8") == "2"
    assert paul.known_hosts_file.read_text(encoding="utf-8") == "hôte"


@pytest.mark.parametrize("in_background", [False, True])
def test_a_pipeline_whose_time_is_over_leaves_nothing_behind(
    in_database: PostgresqlState, person: Callable[[str, Shared], Person], in_background: bool
) -> None:
    pipeline = person("pipeline", in_database)
    at_work = pipeline.start("add hold", in_background=in_background)
    assert said_by(at_work) == "tenu"
    at_work.terminate()
    assert at_work.wait(timeout=PATIENCE) != 0
    at_work.communicate()
    store = open_store(in_database, STACK)
    assert not lock.holders(store)
    assert [label.partial for label in generations.history(store)] == [False]


def far_claim() -> Claim:
    """Of a machine that is not this one."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return Claim("0123", "luc@portable", "gru up", since, "autre-machine:pid:[1]/7/12")


def test_a_silent_command_elsewhere_is_never_pushed_aside_without_a_person(
    in_database: PostgresqlState, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = person("marie", in_database).become(monkeypatch)
    store = open_store(in_database, STACK)
    lock.acquire(store, far_claim())
    monkeypatch.setattr(lock, "SILENT_SECONDS", 0.0)
    with (
        pytest.raises(LockHeld, match=r"luc@portable .*ne donne plus signe de vie.*gru state unlock"),
        working(stack, in_database, "gru up", told([])),
    ):
        pass
    lock.break_claim(store, lock.holders(store)[0].claim)
    with working(stack, in_database, "gru up", told([])):
        put(stack, "marie")
    assert not lock.renew(store, far_claim()), "the sleeper that wakes is told"


@pytest.mark.parametrize("in_background", [False, True])
def test_a_command_that_lost_the_state_stops_and_writes_nothing_over(
    in_database: PostgresqlState,
    person: Callable[[str, Shared], Person],
    monkeypatch: pytest.MonkeyPatch,
    in_background: bool,
) -> None:
    marie, paul = person("marie", in_database), person("paul", in_database)
    sleeper = marie.start("add hold", in_background=in_background)
    assert said_by(sleeper) == "tenu"
    sleeper.send_signal(signal.SIGSTOP)
    store = open_store(in_database, STACK)
    lock.break_claim(store, lock.holders(store)[0].claim)
    second = paul.start("add add")
    _, errors = second.communicate(timeout=PATIENCE)
    assert second.returncode == 0, errors
    sleeper.send_signal(signal.SIGCONT)
    assert sleeper.wait(timeout=PATIENCE) != 0
    _, errors = sleeper.communicate()
    assert "elle s'arrête" in errors
    head = generations.latest(store)
    assert head
    assert head[0].who == "paul@poste"
    # Her copy is kept, and the state is the one of the person who went on.
    resumed = marie.start("add")
    _, errors = resumed.communicate(timeout=PATIENCE)
    assert "paul@poste (gru essai" in errors
    assert "votre copie est gardée dans" in errors
    (aside,) = marie.file("").glob("ecarte-*.gru")
    stack = marie.become(monkeypatch)
    kept = dict(sealing.files_of(open_sealed(stack, aside.read_bytes())))
    assert Path("secrets.yml") in kept


def test_the_age_of_a_sign_is_told_by_the_stores_clock(location: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(location, STACK)
    lock.acquire(store, far_claim())
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert lock.holders(store)[0].silent_for < 60


# ---- Nothing is lost


class Cut:
    """A store that stops answering once `left` requests were made; with `late`, the last one is done but not answered.

    `left` is a list of one number, which several stores may share.
    """

    def __init__(self, store: Store, left: list[int], *, late: bool = False) -> None:
        self.words = store.words
        self._store, self._left, self._late = store, left, late

    def __getattr__(self, name: str) -> Callable[..., object]:
        asked = getattr(self._store, name)

        def ask(*values: object) -> object:
            self._left[0] -= 1
            cut = self._left[0] < 0
            if cut and not (self._late and self._left[0] == -1):
                raise StoreSilent("le service ne répond pas")
            answer: object = asked(*values)
            if cut:
                raise StoreSilent("le service ne répond pas")
            return answer

        return ask


def open_cut(left: list[int], late: bool, location: Shared, stack: str) -> Cut:
    return Cut(open_store(location, stack), left, late=late)


def cut_everywhere(
    patch: pytest.MonkeyPatch, module: ModuleType, attempt: Callable[[], object], *, late: bool
) -> Iterator[int]:
    """Try with one more request allowed each time, until nothing is cut."""
    for allowed in range(200):
        left = [allowed]
        with patch.context() as cut, suppress(OperatorError):
            cut.setattr(module, "open_store", partial(open_cut, left, late))
            attempt()
        if left[0] >= 0:
            return
        yield allowed
    raise AssertionError("it never went through")


@pytest.mark.parametrize("late", [False, True])
def test_a_network_lost_at_any_moment_loses_nothing(
    late: bool,
    in_database: PostgresqlState,
    person: Callable[[str, Shared], Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lock, "HEARTBEAT_SECONDS", 3600.0)
    stack = person("marie", in_database).become(monkeypatch)
    began: list[str] = []

    def change() -> None:
        with working(stack, in_database, "gru up", told([])):
            began.append(f"travail {len(began)}")
            put(stack, began[-1])

    seen = 0
    for _ in cut_everywhere(monkeypatch, session, change, late=late):
        head = generations.latest(open_store(in_database, STACK))
        if head:
            open_sealed(stack, head[1])  # what is there can always be opened
            assert head[0].number >= seen
            seen = head[0].number
        if began:
            assert stack.secrets_file.read_text(encoding="utf-8") == began[-1], "what was done here is still here"
        for held in lock.holders(open_store(in_database, STACK)):
            lock.release(open_store(in_database, STACK), held.claim)  # as `unlock` would
    paul = person("paul", in_database).become(monkeypatch)
    at_hand(paul, in_database, told([]))
    assert paul.secrets_file.read_text(encoding="utf-8") == began[-1]


def test_what_could_not_be_sent_is_told_then_sent_by_the_next_command(
    in_database: PostgresqlState, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "HEARTBEAT_SECONDS", 3600.0)
    marie = person("marie", in_database)
    stack = marie.become(monkeypatch)

    def lose_the_network() -> None:
        with working(stack, in_database, "gru up", told([])) as held:
            put(stack, "fait sans réseau")
            assert held
            monkeypatch.setattr(held, "_store", Cut(held._store, [0]))

    with pytest.raises(OperatorError, match=r"n'est pas encore dans l'état partagé(.|\n)*gru state show"):
        lose_the_network()
    for one in lock.holders(open_store(in_database, STACK)):
        lock.release(open_store(in_database, STACK), one.claim)
    assert "repris" in gru("state", "show").stderr
    head = generations.latest(open_store(in_database, STACK))
    assert head
    assert dict(sealing.files_of(open_sealed(stack, head[1])))[Path("secrets.yml")] == "fait sans réseau".encode()


def test_a_full_disk_is_told_and_the_state_is_intact(
    in_database: PostgresqlState, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = person("marie", in_database).become(monkeypatch)
    with working(stack, in_database, "gru up", told([])):
        put(stack, "un")
    paul = person("paul", in_database).become(monkeypatch)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_replace", full)
        with (
            pytest.raises(OperatorError, match=r"No space left.*Libérez de la place.*intact"),
            working(paul, in_database, "gru up", told([])),
        ):
            raise AssertionError("it began without its copy")
    assert not lock.holders(open_store(in_database, STACK))
    with working(paul, in_database, "gru up", told([])):
        assert paul.secrets_file.read_text(encoding="utf-8") == "un"


def test_a_store_that_went_back_does_not_take_the_copy_along(
    in_database: PostgresqlState, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = person("marie", in_database).become(monkeypatch)
    for text in ("un", "deux"):
        with working(stack, in_database, "gru up", told([])):
            put(stack, text)
    store = open_store(in_database, STACK)
    generations.forget(store, generations.numbers(store)[-1])
    with pytest.raises(OperatorError, match="a reculé"):
        at_hand(stack, in_database, told([]))
    assert stack.secrets_file.read_text(encoding="utf-8") == "deux"
    for number in generations.numbers(store):
        generations.forget(store, number)
    with pytest.raises(OperatorError, match="est vide, alors que"):
        begin(stack, in_database)


def test_two_writers_of_one_generation_are_never_both_believed(in_database: PostgresqlState) -> None:
    store = open_store(in_database, STACK)
    generations.publish(store, 1, b"un")
    generations.publish(store, 1, b"un")  # the same, whose first answer was lost
    with pytest.raises(Overtaken):
        generations.publish(store, 1, b"autre")
    assert generations.read(store, 1) == b"un"


def test_reading_goes_on_with_the_copy_when_the_store_is_silent(
    in_database: PostgresqlState, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = person("marie", in_database).become(monkeypatch)
    with working(stack, in_database, "gru up", told([])):
        put(stack, "un")
    heard: list[str] = []
    monkeypatch.setattr(session, "open_store", lambda *_: Cut(open_store(in_database, STACK), [0]))
    at_hand(stack, in_database, told(heard))
    assert "Voici ce que cette machine en savait" in heard[0]


# ---- What leaves the machine


def test_nothing_leaves_the_machine_in_the_clear(
    location: Shared, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = person("marie", location).become(monkeypatch)
    with working(stack, location, "gru up", told([])):
        put(stack, "secret-en-clair")
        stack.ssh_key_file.write_text("CLE-PRIVEE", encoding="utf-8")
        (stack.directory / "passphrase").write_text("ne-part-jamais", encoding="utf-8")
        (stack.log_directory / "journal").write_text("journal", encoding="utf-8")
    store = open_store(location, STACK)
    everything = b"".join(store.read(key) or b"" for key in store.ages(""))
    for text in (b"secret-en-clair", b"CLE-PRIVEE", b"ne-part-jamais", b"phrase d'essai"):
        assert text not in everything
    head = generations.latest(store)
    assert head
    inside = {path.as_posix() for path, _ in sealing.files_of(open_sealed(stack, head[1]))}
    assert inside == {"secrets.yml", "ssh/id_ed25519"}
    paul = person("paul", location).become(monkeypatch)
    at_hand(paul, location, told([]))
    assert paul.ssh_key_file.read_text(encoding="utf-8") == "CLE-PRIVEE"
    assert paul.ssh_key_file.stat().st_mode & 0o777 == 0o600
    assert paul.ssh_key_file.parent.stat().st_mode & 0o777 == 0o700


def test_a_store_cannot_pass_one_generation_for_another(tmp_path: Path) -> None:
    label = sealing.Label(STACK, 3, "", "marie", "gru up", "2026-11-30T08:00:00+00:00")
    sealed = sealing.seal(b"x", label, b"phrase")
    assert sealing.unseal(sealed, b"phrase") == b"x"
    with pytest.raises(WrongPassphrase):
        sealing.unseal(sealed.replace(b'"number": 3', b'"number": 4'), b"phrase")
    with pytest.raises(WrongPassphrase):
        sealing.unseal(sealed, b"autre")
    with pytest.raises(StoreError, match="n'est pas lisible"):
        sealing.unseal(b"autre chose", b"phrase")


def test_an_inventory_names_the_folders_of_the_machine_that_reads_it(
    in_database: PostgresqlState, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    marie = person("marie", in_database).become(monkeypatch)
    with working(marie, in_database, "gru up", told([])):
        put(marie, "x")
        marie.inventory_file.write_text(json.dumps([str(marie.ssh_key_file), str(marie.site_directory)]))
    paul = person("paul", in_database).become(monkeypatch)
    at_hand(paul, in_database, told([]))
    assert json.loads(paul.inventory_file.read_text()) == [str(paul.ssh_key_file), str(paul.site_directory)]
    assert "/paul/" in paul.inventory_file.read_text()


# ---- The passphrase


def test_the_passphrase_comes_from_one_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (passphrase.FILE, passphrase.COMMAND, passphrase.VALUE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(passphrase, "_given", {})
    default = tmp_path / "passphrase"
    assert passphrase.file_of_passphrase(default) == default
    monkeypatch.setenv(passphrase.COMMAND, "printf 'venue du coffre\\n'")
    path = passphrase.file_of_passphrase(default)
    assert path.read_text(encoding="utf-8") == "venue du coffre\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert subprocess.run(["cat", path], capture_output=True, text=True, check=True).stdout == "venue du coffre\n"
    monkeypatch.setenv(passphrase.VALUE, "de l'environnement")
    with pytest.raises(OperatorError, match="de plusieurs façons"):
        passphrase.file_of_passphrase(default)
    monkeypatch.delenv(passphrase.COMMAND)
    assert passphrase.file_of_passphrase(default).read_text(encoding="utf-8") == "de l'environnement\n"
    assert passphrase.VALUE not in os.environ, "what `gru` starts does not inherit it"


@pytest.mark.parametrize("command", ["/absente", "false", "true", "sh -c 'echo verrouillé >&2; exit 3'", "'"])
def test_a_passphrase_command_that_gives_nothing_is_told(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passphrase, "_given", {})
    monkeypatch.delenv(passphrase.FILE, raising=False)
    monkeypatch.setenv(passphrase.COMMAND, command)
    with pytest.raises(OperatorError, match="GRU_PASSPHRASE_COMMAND"):
        passphrase.file_of_passphrase(tmp_path / "passphrase")


def test_a_wrong_or_missing_passphrase_is_told_before_anything(
    in_database: PostgresqlState, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = person("marie", in_database).become(monkeypatch)
    with working(stack, in_database, "gru up", told([])):
        put(stack, "un")
    paul = person("paul", in_database).become(monkeypatch)
    other = paul.directory / "autre"
    for content, sentence in (("pas la bonne", "n'ouvre pas l'état partagé"), (None, "n'est pas sur cette machine")):
        other.unlink(missing_ok=True)
        if content:
            other.write_text(content, encoding="utf-8")
        monkeypatch.setenv(passphrase.FILE, str(other))
        with pytest.raises(OperatorError, match=sentence):
            begin(paul, in_database)
        with pytest.raises(OperatorError, match=sentence):
            at_hand(paul, in_database, told([]))
    assert not paul.secrets_file.exists()
    assert not lock.holders(open_store(in_database, STACK))


# ---- A store that refuses


def s3_at(place: S3Place, **changes: str) -> S3State:
    return S3State(**{"kind": "s3", "endpoint": place.endpoint, "bucket": "absent", **changes})  # type: ignore[arg-type]


def test_an_s3_store_that_refuses_is_put_in_words(s3: S3Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY", "AWS_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(StoreError, match=r"Identifiants absents.*AWS_ACCESS_KEY_ID"):
        open_store(s3_at(s3), STACK)
    with pytest.raises(StoreError, match="Autorité introuvable"):
        open_store(s3_at(s3, ca_file="/absente.pem"), STACK)
    (tmp_path / ".aws").mkdir()
    text = f"[default]\naws_access_key_id = {s3.access}\naws_secret_access_key = {s3.secret}\n"
    (tmp_path / ".aws" / "credentials").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="le conteneur « absent » n'existe pas"):
        open_store(s3_at(s3), STACK).ages("")
    with pytest.raises(StoreError, match="la région « mars » n'est pas celle du service"):
        open_store(s3_at(s3, region="mars"), STACK).ages("")
    with monkeypatch.context() as patch:
        patch.setattr(minio.time, "utcnow", lambda: datetime.now(UTC) + timedelta(hours=1))
        with pytest.raises(StoreError, match="l'horloge de cette machine n'est pas à l'heure"):
            open_store(s3_at(s3), STACK).ages("")
    with pytest.raises(StoreError, match="ne parle pas https"):
        open_store(s3_at(s3, endpoint=s3.endpoint.replace("http:", "https:")), STACK).ages("")
    with pytest.raises(StoreSilent, match="le service ne répond pas"):
        open_store(s3_at(s3, endpoint="http://127.0.0.1:9"), STACK).ages("")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.access)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "fausse")
    with pytest.raises(StoreError, match=r"la clé secrète .* n'est pas la bonne"):
        open_store(s3_at(s3), STACK).read("x")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "inconnue")
    with pytest.raises(StoreError, match=r"la clé d'accès|clé secrète"):
        open_store(s3_at(s3), STACK).write("x", b"")


def test_a_database_that_refuses_is_put_in_words(socket: Path, tmp_path: Path) -> None:
    def at(**changes: object) -> PostgresqlState:
        base = {"kind": "postgresql", "host": str(socket), "database": "postgres", "user": "postgres"}
        return PostgresqlState(**{**base, **changes})  # type: ignore[arg-type]

    for changes, sentence in (
        ({"database": "absente"}, "la base « absente » ou le rôle"),
        ({"user": "inconnu"}, "le rôle « inconnu » n'existe pas"),
        ({"host": "127.0.0.1", "port": 9}, "le serveur ne répond pas"),
        ({"host": str(tmp_path)}, "le serveur ne répond pas"),
        ({"ca_file": "/absente.pem"}, "Autorité introuvable"),
    ):
        with pytest.raises(StoreError, match=sentence):
            open_store(at(**changes), STACK).ages("")


# ---- Where the state is


def test_a_state_moves_and_comes_back(
    s3: S3Place, in_database: PostgresqlState, person: Callable[[str, Shared], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in s3.environment().items():
        monkeypatch.setenv(key, value)
    bucket = s3.bucket("voyage")
    marie, paul = person("marie", bucket), person("paul", bucket)
    stack = marie.become(monkeypatch)
    put(stack, "depuis le début")
    with (
        pytest.raises(OperatorError, match=r"encore dans la machine.*gru state move"),
        working(stack, bucket, "gru up", told([])),
    ):
        pass
    move(stack, bucket, told([]))
    with pytest.raises(OperatorError, match=r"déjà là où site.yaml le dit"):
        move(stack, bucket, told([]))
    with (
        pytest.raises(OperatorError, match=r"site.yaml n'en dit rien"),
        working(stack, HereState(), "gru up", told([])),
    ):
        pass
    # From one store to the other, while another operator looks.
    late = paul.become(monkeypatch)
    at_hand(late, bucket, told([]))
    stack = marie.become(monkeypatch)
    move(stack, in_database, told([]))
    with working(stack, in_database, "gru up", told([])):
        put(stack, "dans la base")
    late = paul.become(monkeypatch)
    for late_command in (lambda: at_hand(late, bucket, told([])), lambda: move(late, HereState(), told([]))):
        with pytest.raises(OperatorError, match=r"déplacé vers PostgreSQL .* par marie@poste le "):
            late_command()
    at_hand(late, in_database, told([]))
    assert late.secrets_file.read_text(encoding="utf-8") == "dans la base"
    # Home again: only there.
    stack = marie.become(monkeypatch)
    move(stack, HereState(), told([]))
    with working(stack, HereState(), "gru up", told([])) as shared:
        assert shared is None
    assert recall(stack) is None
    assert stack.secrets_file.read_text(encoding="utf-8") == "dans la base"
    late = paul.become(monkeypatch)
    with (
        pytest.raises(OperatorError, match="déplacé vers la machine de marie@poste"),
        working(late, in_database, "gru up", told([])),
    ):
        pass
    # And out again, to a place where it was before.
    stack = marie.become(monkeypatch)
    move(stack, bucket, told([]))
    late = paul.become(monkeypatch)
    at_hand(late, bucket, told([]))


@pytest.mark.parametrize("late", [False, True])
def test_a_move_cut_at_any_moment_goes_on(
    late: bool,
    in_database: PostgresqlState,
    socket: Path,
    person: Callable[[str, Shared], Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = person("marie", in_database).become(monkeypatch)
    put(stack, "précieux")
    move(stack, in_database, told([]))
    destination = database(socket, f"etat{next(NUMBERS)}")
    cuts = 0
    for _ in cut_everywhere(monkeypatch, moving, lambda: move(stack, destination, told([])), late=late):
        cuts += 1
        assert stack.secrets_file.read_text(encoding="utf-8") == "précieux"
        for place in (in_database, destination):
            store = open_store(place, STACK)
            for held in lock.holders(store):
                lock.release(store, held.claim)  # as `unlock` would
    assert cuts > 10, "it was cut at many moments"
    store = open_store(destination, STACK)
    assert marks.find(store, marks.ARRIVING) is None
    assert marks.find(open_store(in_database, STACK), marks.MOVED)
    paul = person("paul", destination).become(monkeypatch)
    at_hand(paul, destination, told([]))
    assert paul.secrets_file.read_text(encoding="utf-8") == "précieux"


# ---- The whole command, with the real engine


def test_two_operators_are_on_one_pulumi_state(
    s3: S3Place, tmp_path: Path, pulumi_engine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = s3.bucket("deux-personnes")
    write_site(tmp_path / "sites", location)
    marie = Person("marie", tmp_path, tmp_path / "sites", location, s3.environment())
    paul = Person("paul", tmp_path, tmp_path / "sites", location, s3.environment())
    (tmp_path / "phrase").write_text("phrase d'essai\n", encoding="utf-8")
    made = marie.gru("pulumi", "up", "--yes", "--skip-preview")
    assert "1 created" in made.stdout, made
    assert "L'état de ce site est maintenant partagé" in made.stderr
    assert not paul.file("").exists()
    seen = paul.gru("pulumi", "preview", "--diff", "--non-interactive")
    assert "1 unchanged" in seen.stdout, seen
    assert paul.file("ssh/id_ed25519").read_bytes() == marie.file("ssh/id_ed25519").read_bytes()
    paul.become(monkeypatch)
    last = json.loads(gru("state", "history", "--json").stdout)
    assert [one["who"] for one in last if not one["partial"]][-1] == "marie@poste"


def test_the_pipeline_of_the_page_uses_commands_that_exist() -> None:
    page = (SOURCE_DIRECTORY / "runbooks" / "etat-partage.md").read_text(encoding="utf-8")
    (block,) = [one for one in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "script:" in one]
    jobs = yaml.safe_load(block)
    lines = [line for job in jobs.values() for line in job.get("script", [])]
    assert len(lines) == 6
    for line in lines:
        program, *words = line.split()
        if program == ".venv/bin/gru":
            command = cli.get_command(click.Context(cli), words[0])
            assert command
            command.parse_args(click.Context(command, resilient_parsing=True), words[1:])
        else:
            assert (SOURCE_DIRECTORY / program).is_file()


# ---- What site.yaml says of it


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ("{kind: ftp}", "« ftp » n'est pas permis ; choix possibles : here, s3, postgresql"),
        ("{bucket: etat}", "il manque « kind » ; choix possibles : here, s3, postgresql"),
        ("{kind: s3, bucket: etat}", "state.endpoint : cette clé manque"),
        ("{kind: s3, endpoint: s3.exemple.fr, bucket: etat}", "n'est pas une adresse de service"),
        ("{kind: s3, endpoint: 'https://s3.exemple.fr', bucket: Etat}", "n'est pas un nom de conteneur"),
        ("{kind: s3, endpoint: 'https://s3.exemple.fr', bucket: etat, prefix: /a/}", "séparés par des barres obliques"),
        ("{kind: s3, endpoint: 'https://s3.exemple.fr', bucket: etat, secret: x}", "clé inconnue « state.secret »"),
        ("{kind: postgresql, host: base, database: etat, user: gru, password: x}", "clé inconnue « state.password »"),
        ("{kind: postgresql, host: base, database: etat, user: gru, port: 0}", "hors limites"),
    ],
)
def test_a_mistake_about_the_state_is_told_with_its_line(block: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    text = (SOURCE_DIRECTORY / "stacks" / "local" / "site.yaml").read_text(encoding="utf-8") + f"\nstate: {block}\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SiteError, match=re.escape(sentence)) as refusal:
        load_state_location(path)
    assert f"ligne {len(text.splitlines())}" in str(refusal.value)


def test_where_the_state_is_can_be_read_of_a_site_that_is_otherwise_wrong(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("version: 7\nstate: {kind: postgresql, host: b, database: e, user: u}\n", encoding="utf-8")
    assert load_state_location(path).kind == "postgresql"
    path.write_text("version: 7\n", encoding="utf-8")
    assert load_state_location(path) == HereState()
