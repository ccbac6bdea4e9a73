"""No address that is a key is readable in the front's journal: every route of the sites is looked at."""

from __future__ import annotations

import re
import secrets
import uuid
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEFAULTS = yaml.safe_load((ROOT / "roles/proxy/defaults/main.yml").read_text("utf-8"))
TEMPLATE = (ROOT / "roles/proxy/templates/haproxy.cfg.j2").read_text("utf-8")
OPEN = {
    "reference": "a request's number opens nothing without its code",
    "champ": "the name of a question",
    "nom": "the name of a page",
    "extension": "csv or ods",
    "quoi": "the name of a file",
    "code": "a volunteer's code, published with the list",
}
"""Words of addresses that are no key, and why. A new one is a key until it is said here."""


def masked(path: str) -> str:
    """The path as HAProxy writes it, with its own expressions."""
    path = re.sub(DEFAULTS["proxy__long_secret"], "***", path)
    return re.sub(DEFAULTS["proxy__key_pages"], r"\1/***", path)


def keys() -> list[tuple[str, str]]:
    """Route and word, for each route of a site that holds a key."""
    found = []
    for file in sorted(ROOT.glob("guichet/**/urls*.py")) + sorted(ROOT.glob("consultation/**/urls*.py")):
        for route in re.findall(r'path\(f?"([^"]*)"', file.read_text("utf-8")):
            found += [(route, word) for word in re.findall(r"<str:(\w+)>", route) if word not in OPEN]
    return found


@pytest.mark.parametrize(("route", "word"), keys())
@pytest.mark.parametrize("length", [12, 16, 18, 24])
def test_a_key_is_masked_whatever_its_length(route: str, word: str, length: int) -> None:
    key = secrets.token_urlsafe(length)
    path = "/" + re.sub(r"<\w+:\w+>", "1", route.replace(f"<str:{word}>", key))
    assert key not in masked(path)


def test_the_pages_whose_address_is_a_key_are_among_them() -> None:
    assert {route.split("/")[0] for route, _ in keys()} >= {"ma-place", "mon-tirage"}


def test_a_draft_and_a_signed_link_are_masked_and_a_page_is_not() -> None:
    draft = str(uuid.uuid4())
    assert draft not in masked(f"/demarches/voirie/remplir/{draft}/lieu/")
    assert masked("/demarches/voirie/") == "/demarches/voirie/"
    assert masked("/ma-place/Abc-_123/atelier.ics") == "/ma-place/***/atelier.ics"
    assert masked("/compte/inscription/envoyee/") == "/compte/inscription/***/"
    assert masked("/compte/adresse/") == "/compte/adresse/"


def test_only_the_front_says_that_an_address_is_shared() -> None:
    lines = [line.strip() for line in TEMPLATE.splitlines() if "X-Gru-Shared-Source" in line]
    assert lines == [
        "http-request del-header X-Gru-Shared-Source",
        "http-request set-header X-Gru-Shared-Source yes if exempt",
    ]


def test_both_frontends_write_the_path_this_way() -> None:
    written = [line.strip() for line in TEMPLATE.splitlines() if "set-var(txn.path)" in line]
    assert written == ["http-request set-var(txn.path) {{ proxy__logged_path }}"] * 2
    assert DEFAULTS["proxy__logged_path"].count("regsub(") == 2
    assert not re.search(r"%(HU|HP|HQ|r)\b", TEMPLATE), "the address as it came is not written"
