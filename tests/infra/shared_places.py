"""Real stores for tests of the shared state, and operators who each have a machine's folder of their own.

The S3 store is OpenStack Swift (`swift_server.py`), the database a real PostgreSQL. `S3Place` is any other S3
store by its endpoint and credentials: what holds on Swift here can be asked of a cloud's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from minio import Minio

from infra.model.state_location import PostgresqlState, S3State
from infra.shared_state import generations
from infra.shared_state.opening import Shared, open_store
from infra.shared_state.session import at_hand
from infra.state import SOURCE_DIRECTORY, Stack
from tests.postgresql import grappe

HERE = Path(__file__).parent
STACK = "serveurs"
ACCESS, SECRET = "gru:essai", "cle-d-essai"


@dataclass
class S3Place:
    """A store that speaks S3, with credentials that may make buckets."""

    endpoint: str
    access: str
    secret: str
    region: str = "us-east-1"

    def bucket(self, name: str) -> S3State:
        """A new bucket, as site.yaml names it."""
        host = self.endpoint.partition("://")[2]
        secure = self.endpoint.startswith("https://")
        client = Minio(host, self.access, self.secret, secure=secure, region=self.region)
        client.make_bucket(name)
        return S3State(kind="s3", endpoint=self.endpoint, bucket=name, region=self.region)

    def environment(self) -> dict[str, str]:
        """What gives `gru` its credentials."""
        return {"AWS_ACCESS_KEY_ID": self.access, "AWS_SECRET_ACCESS_KEY": self.secret}


@contextmanager
def swift(folder: Path) -> Iterator[S3Place]:
    """OpenStack Swift, alone, as long as the block."""
    command = [sys.executable, str(HERE / "swift_server.py"), str(folder), "0", ACCESS, SECRET]
    log = (folder / "journal").open("w", encoding="utf-8")
    with log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as server:
        try:
            assert server.stdout
            said = server.stdout.readline().split()
            assert said[:1] == ["prêt"], (folder / "journal").read_text(encoding="utf-8")
            yield S3Place(f"http://127.0.0.1:{said[1]}", ACCESS, SECRET)
        finally:
            server.kill()


@contextmanager
def postgresql() -> Iterator[Path]:
    """A cluster; gives the folder of its socket."""
    with grappe() as folder:
        yield folder


def database(socket: Path, name: str) -> PostgresqlState:
    """A new database, as site.yaml names it."""
    with psycopg.connect(f"host={socket} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f'create database "{name}"'.encode())
    return PostgresqlState(kind="postgresql", host=str(socket), database=name, user="postgres")


@dataclass
class Person:
    """An operator: a state directory, a name, the site's folder and passphrase that everyone has."""

    name: str
    root: Path
    sites: Path
    location: Shared
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What makes a process theirs."""
        return os.environ | {
            "GRU_STATE_DIRECTORY": str(self.root / self.name),
            "GRU_SITES_DIRECTORY": str(self.sites),
            "GRU_PASSPHRASE_FILE": str(self.root / "phrase"),
            "GRU_OPERATOR": f"{self.name}@poste",
            **self.more,
        }

    def become(self, patch: pytest.MonkeyPatch) -> Stack:
        """Make this very process theirs."""
        for key, value in self.environment.items():
            patch.setenv(key, value)
        stack = Stack(STACK)
        stack.prepare()
        return stack

    def start(self, script: str, *, in_background: bool = False) -> subprocess.Popen[str]:
        """A command of theirs (`operator_at_work.py`), in a process; in a script's background, it is begun deaf."""
        place = json.dumps(self.location.model_dump(mode="json"))
        deaf = ("sh", "-c", 'trap "" INT; exec "$@"', "sh") if in_background else ()
        return subprocess.Popen(
            [*deaf, sys.executable, str(HERE / "operator_at_work.py"), STACK, place, script],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def gru(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A whole `gru` command of theirs, on the site."""
        program = str(Path(sys.executable).parent / "gru")
        return subprocess.run(
            [program, *words, "--stack", STACK], env=self.environment, capture_output=True, text=True, check=False
        )

    def file(self, name: str) -> Path:
        """A file of their copy."""
        return self.root / self.name / STACK / name


def write_site(sites: Path, location: Shared | None) -> None:
    """The site of these tests: servers that exist already, which no test reaches, and where its state lives."""
    text = (HERE / "sites" / STACK / "site.yaml").read_text(encoding="utf-8")
    if location:
        block = {key: value for key, value in location.model_dump(mode="json").items() if value is not None}
        text += "\nstate: " + json.dumps(block) + "\n"
    if not (sites / STACK).exists():
        shutil.copytree(SOURCE_DIRECTORY / "stacks" / "local", sites / STACK)
    (sites / STACK / "site.yaml").write_text(text, encoding="utf-8")


def keeps_its_word(location: Shared) -> None:
    """What every store must do; asked of an empty one."""
    store = open_store(location, STACK)
    assert store.read("a/1") is None
    assert store.create("a/1", b"un")
    assert not store.create("a/1", b"deux")
    assert store.read("a/1") == b"un"
    store.write("a/1", b"trois")
    store.write("b", b"")
    assert store.read("a/1") == b"trois"
    assert set(store.ages("a/")) == {"a/1"}
    assert 0 <= store.ages("a/")["a/1"] < 30
    assert open_store(location, "autre").read("a/1") is None, "sites of one store do not mix"
    store.remove("a/1")
    store.remove("a/1")
    assert set(store.ages("")) == {"b"}
    store.remove("b")


def race(people: list[Person], reader: Stack) -> None:
    """Several people's commands at once, each twice: every change is there, one generation a command."""
    processes = [one.start("add again:2") for one in people]
    for process in processes:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
    location = people[0].location
    at_hand(reader, location, print)
    assert reader.secrets_file.read_text(encoding="utf-8") == str(2 * len(people))
    done = [label.who for label in generations.history(open_store(location, STACK))]
    assert sorted(done) == sorted([f"{one.name}@poste" for one in people] * 2)
