"""Stands for a site to which mails that come back are handed: keeps what it is sent, one file a request.

`python3 http_receiver.py FOLDER PORT CERTIFICATE` (PEM, with its key). A token in `inconnu…` is answered 404.
"""

from __future__ import annotations

import http.server
import json
import ssl
import sys
from pathlib import Path


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers 204, or 404."""

    folder: Path

    def do_POST(self) -> None:
        """Keep it."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8", "replace")
        kept = {"path": self.path, "authorization": self.headers["Authorization"], "body": body}
        name = self.path.strip("/").rpartition("/")[2]
        (self.folder / f"{name}.new").write_text(json.dumps(kept))
        (self.folder / f"{name}.new").rename(self.folder / f"{name}.json")
        self.send_response(404 if name.startswith("inconnu") else 204)
        self.end_headers()


if __name__ == "__main__":
    Receiver.folder = Path(sys.argv[1])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[3])
    server = http.server.ThreadingHTTPServer(("", int(sys.argv[2])), Receiver)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()
