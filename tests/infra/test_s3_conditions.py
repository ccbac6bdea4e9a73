"""A store that does not know conditions on writes (Swift 2.35) is written all the same, after a look."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from infra.model.state_location import S3State
from infra.shared_state.s3 import S3Store

_ERROR = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{}</Code><Message>said</Message></Error>"


class _OldStore(BaseHTTPRequestHandler):
    """Keeps objects in memory; refuses a PUT with a condition, as Swift 2.35's s3api does."""

    objects: dict[str, bytes]

    def do_GET(self) -> None:
        """An object, or NoSuchKey."""
        found = self.objects.get(self.path)
        self._answer(200, found) if found is not None else self._answer(404, _ERROR.format("NoSuchKey").encode())

    def do_PUT(self) -> None:
        """Kept, unless there is a condition."""
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("If-None-Match"):
            self._answer(501, _ERROR.format("NotImplemented").encode())
            return
        self.objects[self.path] = content
        self._answer(200, b"")

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def old_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    """Our side of such a store."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "essai")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "essai")
    handler = type("Handler", (_OldStore,), {"objects": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        yield S3Store(S3State(kind="s3", endpoint=endpoint, bucket="etats", region="essai"), "local")
        server.shutdown()


def test_what_is_new_is_written_and_what_is_there_is_left(old_store: S3Store) -> None:
    """The first write is kept; the second one finds it and leaves it."""
    assert old_store.create("generation/1", b"premier")
    assert not old_store.create("generation/1", b"second")
    assert old_store.read("generation/1") == b"premier"
