"""How the tests' small OpenStack interfaces answer: in JSON, with a token, without a word on the terminal."""

from __future__ import annotations

import http.server
import json


class IdentityAnswers(http.server.BaseHTTPRequestHandler):
    """What each of them inherits; who answers what is its own."""

    def answer(self, code: int, content: object) -> None:
        """Answer `content`, as the identity service does."""
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Subject-Token", "jeton")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""
