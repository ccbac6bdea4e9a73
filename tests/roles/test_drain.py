"""`gru-drain`: a host of a brick gets no more visitors, then gets them again; HAProxy's admin socket is played here."""

from __future__ import annotations

import importlib.util
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "roles" / "proxy" / "files" / "gru-drain.py"
STATE = """1
# be_id be_name srv_id srv_name srv_addr srv_op_state
7 portal 1 portal1 192.0.2.11 2
7 portal 2 portal2 192.0.2.12 2
"""


class Front:
    """Answers as HAProxy does, one command a connection."""

    def __init__(self, path: Path) -> None:
        self.heard: list[str] = []
        self.requests = ["2", "1", "0"]
        self.status = ["DOWN", "UP 1/2", "UP"]
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                words = connection.recv(4096).decode().strip()
                self.heard.append(words)
                connection.sendall(self._answer(words).encode())

    def _answer(self, words: str) -> str:
        if words.startswith("show servers state"):
            return STATE
        if words == "show stat":
            scur = self.requests.pop(0) if len(self.requests) > 1 else self.requests[0]
            status = self.status.pop(0) if len(self.status) > 1 else self.status[0]
            return f"# pxname,svname,scur,status\nportal,portal1,9,UP\nportal,portal2,{scur},{status}\n"
        return "\n"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The program, loaded from its file, with a socket of its own."""
    spec = importlib.util.spec_from_file_location("gru_drain", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SOCKET", str(tmp_path / "s"))
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0)
    return module


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    found = Front(tmp_path / "s")
    yield found
    found.close()


def test_it_waits_until_no_request_is_under_way(program: ModuleType, front: Front) -> None:
    program.main("portal", "192.0.2.12", "drain")
    assert front.heard[1] == "set server portal/portal2 state drain"
    assert front.heard.count("show stat") == 3


def test_it_waits_until_the_host_is_well_again(program: ModuleType, front: Front) -> None:
    program.main("portal", "192.0.2.12", "ready")
    assert front.heard[1] == "set server portal/portal2 state ready"
    assert front.heard.count("show stat") == 2


def test_a_host_that_does_not_come_back_is_told(
    program: ModuleType, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    front.status = ["DOWN"]
    monkeypatch.setattr(program, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(SystemExit, match=r"ne répond pas en bonne santé sur 192\.0\.2\.12"):
        program.main("portal", "192.0.2.12", "ready")


def test_a_host_that_the_front_does_not_know_is_told(program: ModuleType, front: Front) -> None:
    with pytest.raises(SystemExit, match=r"ne connaît pas 192\.0\.2\.99"):
        program.main("portal", "192.0.2.99", "drain")
    assert not [words for words in front.heard if words.startswith("set")]
