"""The mails of a platform that keeps them, read as their recipients would."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from infra.remote import host_of, run_remote

_SINK = "/usr/local/bin/gru-mail-puits"
_TEXT = (
    "import email,email.policy,subprocess,sys;"
    f"raw=subprocess.run(['{_SINK}','show',sys.argv[1]],capture_output=True,check=True).stdout;"
    "m=email.message_from_bytes(raw,policy=email.policy.default);b=m.get_body(('plain','html'));"
    "print(b.get_content() if b else '')"
)


def listed(inventory: dict[str, Any]) -> list[dict[str, str]]:
    """Every mail kept: id, date, from, to, subject."""
    mails: list[dict[str, str]] = json.loads(
        run_remote(inventory, host_of(inventory, "mail"), [_SINK, "list", "--json"])
    )
    return mails


def reader(inventory: dict[str, Any], seconds: float = 30) -> Callable[[str, str], str]:
    """Return a function that waits for a mail to an address about a subject, and gives its text (else nothing)."""

    def read(address: str, subject: str) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for mail in reversed(listed(inventory)):
                if mail["to"].lower() == address.lower() and subject in mail["subject"]:
                    command = ["python3", "-c", f'"{_TEXT}"', mail["id"]]
                    return run_remote(inventory, host_of(inventory, "mail"), command)
            time.sleep(0.5)
        return ""

    return read
